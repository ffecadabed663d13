// Where models go on devices and in host memory: what is solved, and what is forced.
#include "fitcalc/placement.hpp"
#include "support/snapshot.hpp"

using namespace fitcalc;

namespace {

PlacementDevice device_of(double gib) {
    const auto bytes = [](double value) {
        return Bytes{static_cast<std::int64_t>(value * static_cast<double>(GiB.count()))};
    };
    return {bytes(gib), {{bytes(0.35), bytes(0.3), bytes(0.4)}, {}}};
}

struct Case {
    const char* name;
    PlacementLimits limits;
};

std::vector<Case> cases() {
    const auto limits = [](std::vector<double> devices, std::optional<std::int64_t> host = {}) {
        PlacementLimits all;
        for (const double gib : devices) all.devices.push_back(device_of(gib));
        if (host) all.host = GiB * *host;
        return all;
    };
    std::vector<Case> all{{"24", limits({24})},
                          {"24 + host 64", limits({24}, 64)},
                          {"host 48", limits({}, 48)},
                          {"24 + 12", limits({24, 12})},
                          {"12 + 24 + 8 + host 200", limits({12, 24, 8}, 200)},
                          {"4 x 80", limits({80, 80, 80, 80})},
                          {"24 + host 400", limits({24}, 400)},
                          {"16 shared of host 32", limits({16}, 32)},
                          {"24 + host 64, 10 layers", limits({24}, 64)},
                          {"24 + host 400, 5 layers of experts", limits({24}, 400)},
                          {"24 + 24 split 3:1", limits({24, 24})},
                          {"24 + 24 + host 64, split 1:2, 20 layers", limits({24, 24}, 64)}};
    all[7].limits.devices[0].shares_host = true;
    all[8].limits.gpu_layers = Layers{10};
    all[9].limits.cpu_moe_layers = Layers{5};
    all[10].limits.tensor_split = {3, 1};
    all[11].limits.tensor_split = {1, 2};
    all[11].limits.gpu_layers = Layers{20};
    return all;
}

std::string mib(Bytes bytes) {
    return std::to_string(bytes.count() / 1024);
}

std::string text_of(const Placement& p) {
    std::string text = std::string(name_of(p.verdict)) + ", -ngl " + std::to_string(p.gpu_layers.count()) + " of " +
                       std::to_string(p.layers.count());
    if (p.cpu_moe_layers > Layers{})
        text += ", experts " + std::to_string(p.cpu_moe_layers.count()) + "/" +
                std::to_string(p.host_expert_layers.count());
    if (!p.default_split) text += ", split";
    if (p.pipeline) text += ", pipeline";
    if (p.shortfall > Bytes{}) text += ", short of " + mib(p.shortfall);
    for (const DevicePlacement& d : p.devices)
        text += " | " + std::to_string(d.first_layer) + "-" + std::to_string(d.last_layer) + (d.output ? "+" : "") +
                " " + mib(d.weights) + "+" + mib(d.kv_cache) + "+" + mib(d.recurrent_state) + "+" + mib(d.compute) +
                " free " + mib(d.free) + " ±" + mib(d.error);
    text += " | host " + mib(p.host.weights) + "+" + mib(p.host.kv_cache) + "+" + mib(p.host.recurrent_state) + "+" +
            mib(p.host.compute);
    if (p.host.free) text += " free " + mib(*p.host.free);
    return text;
}

}  // namespace

TEST_CASE("placements of models of many kinds", "[snapshot]") {
    const Catalog catalog;
    std::string text = "KiB: weights+cache+states+scratch\n";
    for (const char* id :
         {"llama-3.1-8b", "llama-3.3-70b", "qwen3-30b-a3b", "qwen3-32b", "gemma-3-27b-it", "gpt-oss-120b",
          "deepseek-r1-0528", "gemma-3n-e4b-it", "mixtral-8x7b", "qwen3-next-80b-a3b-instruct", "glm-4.5-air",
          "falcon-h1-34b-instruct", "llama-4-scout-17b-16e-instruct", "phi-4-mini-instruct"}) {
        const auto found = catalog.find_model(id);
        REQUIRE(found);
        auto model = describe_model(found->record->architecture, found->record->dimensions());
        REQUIRE(model);
        const Estimator estimator = Estimator::create(std::move(*model), Bytes{}).value();
        for (const bool large : {false, true}) {
            EngineSettings settings;
            settings.context = Tokens{large ? 65536 : 8192};
            settings.sequences = large ? 4 : 1;
            PlacementSolver solver{estimator, settings};
            const QuantizedModel quantized = estimator.quantize(large ? FileType::q3_k_m : FileType::q4_k_m, true);
            text += std::string(id) + (large ? ", Q3_K_M, 4 x 65,536\n" : ", Q4_K_M, 8,192\n");
            for (const Case& each : cases()) {
                const auto placed = solver.place(quantized, each.limits);
                text += "  " + std::string(each.name) + ": " + (placed ? text_of(*placed) : placed.error().message);
                const auto context = solver.max_context(quantized, each.limits);
                const auto parallel = solver.max_parallel(quantized, each.limits, Verdict::good);
                if (context && *context) text += " | context " + std::to_string((*context)->count());
                if (parallel) text += " | sequences " + std::to_string(*parallel);
                text += "\n";
            }
        }
    }
    test::check_snapshot("placements.txt", text);
}
