// Where a model lies decides its speed: several devices, the CPU, experts in host memory.
#include "fitcalc/estimate.hpp"
#include "report/speed_report.hpp"
#include "support/catch.hpp"
#include "support/reference.hpp"

using namespace fitcalc;
using namespace fitcalc::test;

namespace {

struct Fixture {
    Catalog catalog;
    EngineSettings settings;
    SpeedOptions options;
    std::vector<TokenWork> work;
    std::int64_t layers = 0;

    explicit Fixture(const std::string& id) {
        const Estimator estimator = Estimator::create(spec_of(reference_model(id)), Bytes{}).value();
        work = token_work(estimator.model(), estimator.inventory(), estimator.types(FileType::q4_k_m, true), settings);
        layers = static_cast<std::int64_t>(estimator.model().layers.size());
    }
    const DeviceRecord& device(const char* id) const { return *catalog.find_device(id)->record; }
    SpeedQuestion question(const char* id, std::int64_t count = 1) const {
        SpeedQuestion out;
        out.catalog = &catalog;
        out.engine = "llama.cpp";
        out.backend = "cuda";
        out.settings = &settings;
        out.work = &work;
        out.sites = equal_sites(device(id), count, layers);
        out.options = &options;
        return out;
    }
};

double rate(const SpeedQuestion& question) { return estimate_speed(question).value().decode.rate; }

}  // namespace

TEST_CASE("layers split over two devices run one after the other") {
    const Fixture fixture{"qwen2.5-32b"};
    const double one = rate(fixture.question("rtx-3090")), two = rate(fixture.question("rtx-3090", 2));
    CHECK(two < one);
    CHECK(two > one * 0.95);
    const auto sites = equal_sites(fixture.device("rtx-3090"), 3, 64);
    CHECK(sites[0].first_layer == 0);
    CHECK(sites[2].last_layer == 63);
    CHECK(sites[1].first_layer == sites[0].last_layer + 1);
    CHECK(sites[2].output);
    CHECK_FALSE(sites[0].output);
}

TEST_CASE("a mixed pair is between its devices") {
    const Fixture fixture{"qwen2.5-32b"};
    SpeedQuestion mixed = fixture.question("rtx-4090", 2);
    mixed.sites[1].record = &fixture.device("rtx-4060-ti-16gb");
    CHECK(rate(mixed) < rate(fixture.question("rtx-4090", 2)));
    CHECK(rate(mixed) > rate(fixture.question("rtx-4060-ti-16gb", 2)));
}

TEST_CASE("layers on the CPU are read at the memory's speed, and rough") {
    Fixture fixture{"qwen2.5-32b"};
    SpeedQuestion half = fixture.question("rtx-3090");
    half.sites[0].first_layer = 32;
    const SpeedReport report = estimate_speed(half).value();
    CHECK(report.decode.rate < rate(fixture.question("rtx-3090")) / 2);
    CHECK(report.decode.rough);
    CHECK_FALSE(report.prefill);
    CHECK(report.notes.back().find("assumed") != std::string::npos);
    fixture.options.ram_bandwidth = 360e9;
    const SpeedReport fast = estimate_speed(half).value();
    CHECK(fast.decode.rate > report.decode.rate);
    CHECK(fast.notes.back().find("assumed") == std::string::npos);
    // Nothing on a device: the CPU alone, no faster than its memory.
    SpeedQuestion alone = fixture.question("rtx-3090");
    alone.sites.clear();
    const double cpu = rate(alone);
    CHECK(cpu < fast.decode.rate);
    CHECK(cpu < 360e9 / sum_of(fixture.work).weight_bytes());
}

TEST_CASE("experts in host memory cost less than whole layers there") {
    const Fixture fixture{"qwen3-30b-a3b"};
    SpeedQuestion experts = fixture.question("rtx-3090"), layers = fixture.question("rtx-3090");
    experts.cpu_moe_layers = fixture.layers;
    layers.sites.clear();
    const double all = rate(fixture.question("rtx-3090"));
    CHECK(rate(experts) < all);
    CHECK(rate(experts) > rate(layers));
    CHECK(estimate_speed(experts)->decode.rough);
}

TEST_CASE("servers are taken to have more memory channels") {
    CHECK(assumed_ram_bandwidth(std::nullopt) == Approx(89.6e9));
    CHECK(assumed_ram_bandwidth(GiB * 128) == Approx(89.6e9));
    CHECK(assumed_ram_bandwidth(GiB * 512) == Approx(358.4e9));
}

TEST_CASE("devices of different makers run on backends of their own") {
    const Fixture fixture{"qwen2.5-32b"};
    SpeedQuestion mixed = fixture.question("rtx-4090", 2);
    mixed.sites[1].record = &fixture.device("rx-7900-xtx");
    mixed.backend = "";
    SpeedQuestion amd = fixture.question("rx-7900-xtx", 2);
    amd.backend = "";
    CHECK(rate(mixed) < rate(fixture.question("rtx-4090", 2)));
    CHECK(rate(mixed) > rate(amd));
}

TEST_CASE("a depth beyond the context has no speed") {
    Fixture fixture{"llama-3.1-8b"};
    fixture.options.depth = Tokens{8192};
    CHECK(estimate_speed(fixture.question("rtx-3090")));
    fixture.options.prompt = Tokens{1};
    CHECK_FALSE(estimate_speed(fixture.question("rtx-3090")));
}

TEST_CASE("unknown devices, engines and backends have no speed") {
    const Fixture fixture{"llama-3.1-8b"};
    SpeedQuestion question = fixture.question("rtx-3090");
    question.sites[0].record = nullptr;
    CHECK_FALSE(estimate_speed(question));
    question = fixture.question("rtx-3090");
    question.engine = "engine-x";
    CHECK_FALSE(estimate_speed(question));
    DeviceRecord unknown = fixture.device("rtx-3090");
    unknown.bandwidth_bytes_per_second.reset();
    question = fixture.question("rtx-3090");
    question.sites[0].record = &unknown;
    CHECK_FALSE(estimate_speed(question));
}

TEST_CASE("where one token's time goes adds up to a hundred") {
    CHECK(limit_text({0.6, 0.1, 0.3, 0}) == "weights 60 %, cache 10 %, launch 30 %");
    CHECK(limit_text({0.9, 0, 0.1, 0}) == "weights 90 %, launch 10 %");
    CHECK(limit_text({0.1, 0, 0, 0, 0.9}) == "host memory 90 %, weights 10 %");
}
