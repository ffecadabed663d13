// What llama.cpp's users saw in its logs, against what is predicted from the catalog's record and the settings. The
// logs are of many builds, from 2024 on; what is modelled is de3ff81.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>

#include "fitcalc/architecture.hpp"
#include "fitcalc/catalog.hpp"
#include "fitcalc/placement.hpp"
#include "support/catch.hpp"

using namespace fitcalc;
using nlohmann::json;

namespace {

// Sizes in MiB, as the logs print them. Empty where a log, or what is known of its file, doesn't say.
using Sizes = std::vector<double>;

struct Buffers {
    double file = 0;     // all tensors
    Sizes model;         // by device
    Sizes cache;         // as the log splits it
    double recurrent = 0;
    Sizes compute;       // by device
    double compute_host = 0;
};

double in_MiB(Bytes bytes) { return static_cast<double>(bytes.count()) / static_cast<double>(MiB.count()); }
double sum(const Sizes& sizes) { return std::accumulate(sizes.begin(), sizes.end(), 0.0); }

Sizes sizes(const json& value) {
    if (value.is_null()) return {};
    return value.is_array() ? value.get<Sizes>() : Sizes{value.get<double>()};
}

const json& measured() {
    static const json all = json::parse(std::ifstream(FITCALC_TEST_REFERENCE "/measured-memory.json"));
    return all;
}

EngineSettings settings_of(const json& log, Outputs outputs) {
    const auto type = [](const std::string& name) {
        return name == "q8_0" ? GgmlType::q8_0 : name == "q4_0" ? GgmlType::q4_0 : GgmlType::f16;
    };
    EngineSettings settings;
    settings.context = Tokens{log["context"].get<std::int64_t>()};
    settings.sequences = log["sequences"];
    settings.kv_unified = log["unified"];
    settings.swa_full = log["swa_full"];
    settings.flash_attention = log["flash_attention"].is_null() || log["flash_attention"].get<bool>();
    settings.type_k = type(log["type_k"]);
    settings.type_v = type(log["type_v"]);
    settings.ubatch = Tokens{log["ubatch"].get<std::int64_t>()};
    settings.batch = Tokens{log["batch"].get<std::int64_t>()};
    settings.outputs = outputs;
    return settings;
}

const Estimator& estimator_of(const std::string& id) {
    static const Catalog catalog;
    static std::map<std::string, Estimator> known;
    if (const auto found = known.find(id); found != known.end()) return found->second;
    const auto record = catalog.find_model(id);
    REQUIRE(record);
    const auto model = describe_model(record->record->architecture, record->record->dimensions());
    REQUIRE(model);
    return known.emplace(id, Estimator::create(*model, Bytes{0}).value()).first->second;
}

bool has_window(const LayerSpec& layer) {
    const auto* full = std::get_if<FullAttention>(&layer.attention);
    return full && full->window > 0;
}

Sizes cache_of(const json& log, const ModelSpec& model, const CachePlan& plan) {
    const Bytes states = log["kv_with_states"].get<bool>() ? plan.recurrent_bytes() : Bytes{};
    if (log["kv_of"] != "windows apart") return {in_MiB(plan.attention_bytes() + states)};
    Sizes parts(2);
    for (std::size_t i = 0; i < model.layers.size(); ++i)
        parts[has_window(model.layers[i])] += in_MiB(plan.layers[i].attention());
    return parts;
}

Buffers predict(const json& log, Outputs outputs) {
    const Estimator& estimator = estimator_of(log["model"]);
    const EngineSettings settings = settings_of(log, outputs);
    const std::string quant = log["quant"].is_null() ? "Q4_K_M" : log["quant"].get<std::string>();
    const QuantizedModel quantized = estimator.quantize(file_type_from_name(quant).value(), log["imatrix"]);
    Buffers out;
    if (const std::int64_t count = log["devices"]; count > 1) {
        const auto limits = PlacementLimits::equal({GiB * 1024, {}}, count);
        const Placement placement = PlacementSolver{estimator, settings}.place(quantized, limits).value();
        for (const DevicePlacement& device : placement.devices) {
            out.model.push_back(in_MiB(device.weights));
            out.cache.push_back(in_MiB(device.kv_cache));
            out.compute.push_back(in_MiB(device.compute));
        }
        out.compute_host = in_MiB(placement.host.compute);
        return out;
    }
    const ContextCosts costs = estimator.context_costs(settings).value();
    const MemoryEstimate estimate = estimator.estimate(quantized, costs, {});
    out.file = in_MiB(estimate.weights);
    out.model = {in_MiB(estimate.weights_device)};
    if (log["mapped_whole"]) out.model.front() += in_MiB(estimate.weights_host);
    out.cache = cache_of(log, estimator.model(), costs.cache);
    out.recurrent = in_MiB(estimate.recurrent_state);
    out.compute = {in_MiB(estimate.compute)};
    out.compute_host = in_MiB(estimate.compute_host);
    return out;
}

double percent(double predicted, double actual) { return 100 * (predicted / actual - 1); }

// Of devices' sizes the one that is furthest off.
double worst_percent(const Sizes& predicted, const Sizes& actual) {
    REQUIRE(predicted.size() == actual.size());
    double worst = 0;
    for (std::size_t i = 0; i < actual.size(); ++i)
        if (const double apart = percent(predicted[i], actual[i]); std::abs(apart) > std::abs(worst)) worst = apart;
    return worst;
}

// Builds of the months in which the logits' rows changed: whichever of the two is nearer.
Buffers predict(const json& log) {
    if (!log["outputs"].is_null()) return predict(log, log["outputs"] == "batch" ? Outputs::batch : Outputs::slots);
    const Buffers slots = predict(log, Outputs::slots), batch = predict(log, Outputs::batch);
    const Sizes actual = sizes(log["compute_MiB"]);
    if (actual.empty()) return slots;
    const auto apart = [&](const Buffers& ours) { return std::abs(worst_percent(ours.compute, actual)); };
    return apart(slots) <= apart(batch) ? slots : batch;
}

struct Tally {
    std::vector<double> errors;

    void add(double error) { errors.push_back(std::abs(error)); }
    double quantile(double share) const {
        auto sorted = errors;
        std::ranges::sort(sorted);
        return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
    }
    void print(const char* what) const {
        std::printf("  %-24s %3zu rows, median %.3f %%, worst %.2f %%\n", what, errors.size(), quantile(0.5),
                    quantile(1));
    }
};

void print_pair(const char* what, const Sizes& predicted, const Sizes& actual) {
    std::printf("  %s %.2f/%.2f", what, sum(predicted), sum(actual));
}

// Devices' sizes together, where a log has them all.
std::optional<double> measured_total(const json& log) {
    const Sizes model = sizes(log["model_MiB"]), cache = sizes(log["kv_MiB"]), compute = sizes(log["compute_MiB"]);
    if (log["quant"].is_null() || model.empty() || cache.empty() || compute.empty()) return std::nullopt;
    return sum(model) + sum(cache) + sum(sizes(log["recurrent_MiB"])) + sum(compute);
}

double total(const Buffers& buffers) {
    return sum(buffers.model) + sum(buffers.cache) + buffers.recurrent + sum(buffers.compute);
}

}  // namespace

TEST_CASE("memory that users measured", "[accuracy]") {
    Tally model, compute, host, other_host, totals;
    std::size_t caches = 0;
    std::printf("logs of llama.cpp, predicted/measured in MiB on the devices:\n");
    for (const json& log : measured()["logs"]) {
        const std::string id = log["id"], mix = (log["quant"].is_null() ? log["mix"] : log["quant"]).get<std::string>();
        INFO(id);
        const Buffers ours = predict(log);
        std::printf("%s %s, %s, %s:", id.c_str(), log["model"].get<std::string>().c_str(), mix.c_str(),
                    log["version"].is_null() ? "undated" : log["version"].get<std::string>().c_str());
        if (const Sizes actual = sizes(log["model_MiB"]); !log["quant"].is_null() && !actual.empty()) {
            print_pair("model", ours.model, actual);
            model.add(worst_percent(ours.model, actual));
        }
        if (const Sizes actual = sizes(log["file_MiB"]); !log["quant"].is_null() && !actual.empty()) {
            print_pair("tensors", {ours.file}, actual);
            model.add(percent(ours.file, actual.front()));
        }
        if (const Sizes actual = sizes(log["kv_MiB"]); !actual.empty()) {
            print_pair("cache", ours.cache, actual);
            REQUIRE(ours.cache.size() == actual.size());
            for (std::size_t i = 0; i < actual.size(); ++i)
                CHECK(std::abs(ours.cache[i] - actual[i]) <= log["kv_rounding_MiB"].get<double>());
            caches += !log["context_from_cache"].get<bool>();
        }
        if (const Sizes actual = sizes(log["recurrent_MiB"]); !actual.empty()) {
            print_pair("states", {ours.recurrent}, actual);
            CHECK(std::abs(ours.recurrent - actual.front()) <= 0.01);
        }
        if (const Sizes actual = sizes(log["compute_MiB"]); !actual.empty()) {
            print_pair("compute", ours.compute, actual);
            compute.add(percent(sum(ours.compute), sum(actual)));
        }
        if (const Sizes actual = sizes(log["compute_host_MiB"]); !actual.empty()) {
            print_pair("host", {ours.compute_host}, actual);
            (log["modelled"].get<bool>() ? host : other_host).add(percent(ours.compute_host, actual.front()));
        }
        if (const auto actual = measured_total(log)) {
            std::printf("  total %+.2f %%", percent(total(ours), *actual));
            totals.add(percent(total(ours), *actual));
        }
        std::printf("\n");
    }
    model.print("model buffers");
    std::printf("  %-24s %3zu rows, exact\n", "caches", caches);
    compute.print("compute buffers");
    host.print("on the host");
    other_host.print("of other builds");  // older ones have masks in F32
    totals.print("totals");
    CHECK(model.quantile(0.5) <= 0.2);
    CHECK(model.quantile(1) <= 0.05);
    // Builds differ in what else is alive beside a stage, and Vulkan's and Metal's order of operations from CUDA's.
    CHECK(compute.quantile(0.5) <= 2.6);
    CHECK(compute.quantile(1) <= 14);
    CHECK(host.quantile(1) <= 0.02);
    CHECK(totals.quantile(1) <= 3);

    std::map<std::string, std::vector<std::string>> reasons;
    for (const json& each : measured()["left_out"]) reasons[each[3]].push_back(each[0]);
    std::printf("left out:\n");
    for (const auto& [reason, ids] : reasons) {
        std::printf("  %s:", reason.c_str());
        for (const std::string& id : ids) std::printf(" %s", id.c_str());
        std::printf("\n");
    }
}

// Sizes in MiB that many logs agree on, whatever the build.
TEST_CASE("regularities of measured memory", "[accuracy]") {
    const auto settings = [](std::int64_t context, std::int64_t ubatch, std::int64_t sequences = 1) {
        EngineSettings s;
        s.context = Tokens{context / sequences};
        s.ubatch = s.batch = Tokens{ubatch};
        s.sequences = sequences;
        s.kv_unified = true;
        return s;
    };
    const auto costs = [](const char* model, const EngineSettings& s) {
        return estimator_of(model).context_costs(s).value();
    };
    const auto host = [&](const char* model, const EngineSettings& s) { return in_MiB(costs(model, s).compute.host); };
    const auto states = [&](const char* model, const EngineSettings& s) {
        return in_MiB(costs(model, s).cache.recurrent_bytes());
    };
    const auto near = [](double predicted, double measured) { return std::abs(predicted - measured) <= 0.011; };

    // Cells of a sliding window: the window of each sequence and a batch, padded to 256.
    CHECK(settings(131'072, 512).window_cells(128) == Tokens{768});
    CHECK(settings(131'072, 512, 4).window_cells(128) == Tokens{1024});
    CHECK(settings(131'072, 2048).window_cells(128) == Tokens{2304});
    CHECK(settings(32'768, 2048, 4).window_cells(1024) == Tokens{6144});
    CHECK(settings(8192, 2048).window_cells(1024) == Tokens{3072});
    CHECK(settings(8192, 2048).window_cells(512) == Tokens{2560});

    // Recurrent states: for each sequence, whatever the context.
    for (const std::int64_t context : {4096, 131'072}) {
        CHECK(near(states("qwen3.8-27b", settings(context, 512)), 149.62));
        CHECK(near(states("qwen3.8-27b", settings(context, 512, 4)), 598.5));
        CHECK(near(states("qwen3.5-9b", settings(context, 512)), 50.25));
        CHECK(near(states("qwen3.5-4b", settings(context, 512)), 50.25));
        CHECK(near(states("qwen3.5-35b-a3b", settings(context, 512)), 62.81));
        CHECK(near(states("qwen3.5-2b", settings(context, 512)), 19.27));
    }

    // The host's buffer beside a GPU: twice the embeddings of a batch, and a mask in F16.
    CHECK(near(host("qwen3.8-27b", settings(32'768, 512)), 52.02));
    CHECK(near(host("qwen3.8-27b", settings(8192, 2048, 4)), 112.07));
    CHECK(near(host("qwen3.8-27b", settings(196'608, 512)), 212.02));
    CHECK(near(host("qwen3.5-9b", settings(8192, 2048)), 96.07));
    CHECK(near(host("qwen3.5-4b", settings(4096, 2048)), 56.07));

    // With logits for every token the device's buffer knows no context, and is linear in the batch.
    auto all_logits = settings(512, 512);
    all_logits.outputs = Outputs::batch;
    const Bytes small = costs("qwen3-8b", all_logits).compute.device;
    all_logits.context = Tokens{65'536};
    CHECK(costs("qwen3-8b", all_logits).compute.device == small);
    all_logits.ubatch = all_logits.batch = Tokens{16'384};
    CHECK(std::abs(in_MiB(costs("qwen3-8b", all_logits).compute.device) / in_MiB(small) - 32) <= 0.001);

    // Token embeddings stay in host memory; those that are the output matrix as well are there twice.
    const auto sides = [](const char* model) {
        const Estimator& estimator = estimator_of(model);
        const QuantizedModel quantized = estimator.quantize(FileType::q4_k_m, true);
        return estimator.estimate(quantized, estimator.context_costs({}).value(), {});
    };
    const MemoryEstimate untied = sides("llama-3.1-8b"), tied = sides("qwen3-4b"), per_layer = sides("gemma-4-e2b");
    CHECK(untied.weights_device + untied.weights_host == untied.weights);
    CHECK(tied.weights_device == tied.weights);
    CHECK(tied.weights_host > Bytes{});
    CHECK(per_layer.weights_device * 2 < per_layer.weights);
}
