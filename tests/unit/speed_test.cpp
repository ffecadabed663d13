// The speed model's rules; how well it predicts is tests/accuracy/speed_test.cpp's.
#include "fitcalc/catalog.hpp"
#include "fitcalc/speed.hpp"
#include "support/catch.hpp"

using namespace fitcalc;

namespace {

// 4 GB of Q4_K weights in 32 layers, 128 KiB of cache a token.
TokenWork dense() {
    TokenWork work;
    work.dense_bytes[static_cast<std::size_t>(KernelKind::k)] = 4e9;
    work.dense_weights[static_cast<std::size_t>(KernelKind::k)] = 7e9;
    work.layers = 32;
    work.attention.push_back({0, 131072, 32 * 8192});
    return work;
}

const SpeedFamily& family(const Catalog& catalog, std::string_view name) {
    for (const SpeedFamily* each : catalog.speed_families())
        if (each->name == name) return *each;
    FAIL("no family " << name);
    return *catalog.speed_families().front();
}

SpeedDevice device(const Catalog& catalog, double bandwidth = 1e12) {
    SpeedDevice out;
    out.bandwidth = bandwidth;
    out.operations = 200e12;
    out.family = &family(catalog, "Ada");
    out.backend = catalog.speed_backends().front();
    out.engine = catalog.speed_engines().front();
    return out;
}

std::string family_name(const Catalog& catalog, std::string_view id) {
    const auto found = catalog.find_device(id);
    REQUIRE(found);
    const DeviceRecord& record = *found->record;
    const SpeedFamily* of = find_family(catalog.speed_families(), record.vendor, record.name, record.compute_capability,
                                        record.gfx_target);
    return of ? std::string(of->name) : "";
}

}  // namespace

TEST_CASE("a token never comes faster than the memory delivers the weights") {
    const Catalog catalog;
    for (const double bandwidth : {1e11, 1e12, 8e12}) {
        const SpeedPart part{device(catalog, bandwidth), dense()};
        CHECK(token_time(std::span{&part, 1}, {}, 0).total() > 4e9 / bandwidth);
    }
}

TEST_CASE("depth, layers and a second device cost time") {
    const Catalog catalog;
    const SpeedPart part{device(catalog), dense()};
    const TokenTime empty = token_time(std::span{&part, 1}, {}, 0), deep = token_time(std::span{&part, 1}, {}, 32768);
    CHECK(empty.cache == 0);
    CHECK(deep.cache > 32768 * 131072.0 / 1e12);
    CHECK(deep.weights == empty.weights);
    SpeedSettings no_flash;
    no_flash.flash_attention = false;
    CHECK(token_time(std::span{&part, 1}, no_flash, 32768).cache > deep.cache);

    const std::vector<SpeedPart> halves{part, {part.device, {}}};
    CHECK(token_time(halves, {}, 0).total() > empty.total());
    SpeedSettings tensors;
    tensors.sharing = Sharing::tensors;
    const TokenTime shared = token_time(halves, tensors, 0);
    CHECK(shared.weights == Approx(empty.weights / 2));
    CHECK(shared.transfer > 0);
}

TEST_CASE("a prompt takes longer the longer it is, and for each token behind a deep cache") {
    const Catalog catalog;
    const SpeedPart part{device(catalog), dense()};
    const auto seconds = [&](double tokens, double depth) {
        return prompt_seconds(std::span{&part, 1}, {}, tokens, depth).value();
    };
    CHECK(seconds(1024, 0) > seconds(512, 0));
    CHECK(seconds(512, 32768) > seconds(512, 0));
    CHECK(512 / seconds(512, 0) < 200e12 / (2 * 7e9));  // no faster than the matrix units
    // Several physical batches go through several devices at once; a single one does not.
    const std::vector<SpeedPart> halves{part, {part.device, {}}};
    CHECK(prompt_seconds(halves, {}, 8192, 0).value() < seconds(8192, 0));
    CHECK(prompt_seconds(halves, {}, 512, 0).value() >= seconds(512, 0));
}

TEST_CASE("an unknown matrix rate gives no prompt speed") {
    const Catalog catalog;
    SpeedPart part{device(catalog), dense()};
    part.device.operations.reset();
    CHECK_FALSE(prompt_seconds(std::span{&part, 1}, {}, 512, 0));
    CHECK(token_time(std::span{&part, 1}, {}, 1000).total() > 0);
}

TEST_CASE("devices find their family by capability, GFX target or name") {
    const Catalog catalog;
    CHECK(family_name(catalog, "rtx-4090") == "Ada");
    CHECK(family_name(catalog, "rtx-3090") == "Ampere");
    CHECK(family_name(catalog, "a100-pcie-80gb") == "A100");
    CHECK(family_name(catalog, "h100-sxm-80gb") == "Hopper");
    CHECK(family_name(catalog, "rtx-5090") == "Blackwell");
    CHECK(family_name(catalog, "dgx-spark") == "GB10");
    CHECK(family_name(catalog, "tesla-p40") == "Pascal");
    CHECK(family_name(catalog, "rx-7900-xtx") == "RDNA 3");
    CHECK(family_name(catalog, "rx-9070-xt") == "RDNA 4");
    CHECK(family_name(catalog, "ryzen-ai-max-plus-395-128gb") == "RDNA 3.5");
    CHECK(family_name(catalog, "apple-m4-max-40c-128gb") == "Apple M4");
    CHECK(family_name(catalog, "arc-a770-16gb") == "Xe-HPG");
    CHECK(find_family(catalog.speed_families(), "acme", "Acme One", "", "") == nullptr);
}

TEST_CASE("every single device of the catalog has a family, but for the GPU Max series") {
    const Catalog catalog;
    for (const DeviceRecord* record : catalog.devices()) {
        if (record->kind != "gpu" && record->kind != "unified") continue;
        if (record->architecture == "Generation 12.5") continue;  // nothing to go by
        INFO(record->id);
        CHECK(find_family(catalog.speed_families(), record->vendor, record->name, record->compute_capability,
                          record->gfx_target) != nullptr);
    }
}

TEST_CASE("stated matrix rates become the operations that kernels use") {
    const Catalog catalog;
    // GeForce states FP32 accumulation, at half rate; the professional cards don't have that limit.
    CHECK(matrix_operations(family(catalog, "Ada"), "NVIDIA GeForce RTX 4090", 165.2, 1e12).value() == Approx(330.4e12));
    CHECK(matrix_operations(family(catalog, "Ada"), "NVIDIA L40S", 362, 1e12).value() == Approx(362e12));
    CHECK(matrix_operations(family(catalog, "Apple M5"), "Apple M5 Max", std::nullopt, 614e9).value() == Approx(63.9e12).epsilon(0.01));
    CHECK_FALSE(matrix_operations(family(catalog, "Hopper"), "NVIDIA H100", std::nullopt, 3e12));
}
