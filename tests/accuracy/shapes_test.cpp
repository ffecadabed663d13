// Architectures of which no model was measured, at small shapes: number of tensors, caches and compute buffers as
// llama.cpp itself plans them without allocating, for header-only files of these dimensions that its loader accepted.
// A row: device, context and sequences, physical batch, unified cache, flash attention, cache type, logit rows
// (0: one per token), then bytes of caches and states, and of the compute buffers on the host and on the GPU.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "fitcalc/architecture.hpp"
#include "fitcalc/cache.hpp"
#include "fitcalc/compute.hpp"
#include "support/catch.hpp"
#include "support/reference_json.hpp"

using namespace fitcalc;

namespace {

EngineSettings settings_of(const nlohmann::json& row) {
    EngineSettings settings;
    settings.device = row[0] == "cpu" ? GraphDevice::cpu : GraphDevice::gpu;
    settings.context = Tokens{row[1].get<std::int64_t>()};
    settings.sequences = row[2];
    settings.ubatch = Tokens{row[3].get<std::int64_t>()};
    settings.kv_unified = row[4];
    settings.flash_attention = row[5];
    settings.type_k = settings.type_v = row[6] == "q8_0" ? GgmlType::q8_0 : GgmlType::f16;
    settings.outputs = row[7] == 0 ? Outputs::batch : Outputs::slots;
    return settings;
}

// What a compute buffer may miss by, in percent. Only ever to be tightened.
constexpr double exact = 0.001;
// nemotron_h_moe: its rows for the CPU are de3ff81's own, and exact. The program that planned those for a GPU drops rows
// without logits in the last layer, de3ff81 after the output norm, which moves the peak. Where positions consist of four
// numbers it counts one, de3ff81 four, as qwen35's measured rows show: 6 KiB.
const std::map<std::pair<std::string, std::string>, double> budgets{
    {{"hunyuan_vl", "cpu"}, 0.02},       {{"hunyuan_vl", "gpu1"}, 0.074},  {{"mistral4", "cpu"}, 0.006},
    {{"mistral4", "gpu1"}, 0.03},        {{"paddleocr", "cpu"}, 0.02},     {{"paddleocr", "gpu1"}, 0.074},
    {{"nemotron_h_moe", "gpu1"}, 1.1},   {{"qwen3vl", "cpu"}, 0.02},       {{"qwen3vl", "gpu1"}, 0.042},
    {{"qwen3vlmoe", "cpu"}, 0.02},       {{"qwen3vlmoe", "gpu1"}, 0.042}};

std::vector<nlohmann::json> small_shapes() {
    std::vector<nlohmann::json> shapes;
    std::ifstream stream(FITCALC_TEST_REFERENCE "/shapes.jsonl");
    for (std::string line; std::getline(stream, line);) shapes.push_back(nlohmann::json::parse(line));
    return shapes;
}

double percent_apart(Bytes predicted, std::int64_t actual) {
    if (actual == 0) return predicted == Bytes{} ? 0 : 100;
    return 100 * std::abs(static_cast<double>(predicted.count()) / static_cast<double>(actual) - 1);
}

}  // namespace

TEST_CASE("architectures without a measured model agree with the engine at small shapes", "[accuracy]") {
    struct Tally {
        int rows = 0;
        double worst = 0;
    };
    std::map<std::string, Tally> tallies;
    for (const nlohmann::json& shape : small_shapes()) {
        const std::string architecture = shape["architecture"];
        INFO(architecture);
        const auto model = describe_model(architecture, test::dimensions_of(shape["dimensions"]));
        REQUIRE(model);
        CHECK(tensor_inventory(*model).tensors.size() == shape["tensors"].get<std::size_t>());
        Tally& tally = tallies[architecture];
        for (const auto& row : shape["rows"]) {
            INFO(row.dump());
            const EngineSettings settings = settings_of(row);
            const CachePlan cache = plan_cache(*model, settings);
            CHECK((cache.attention_bytes() + cache.recurrent_bytes()).count() == row[8].get<std::int64_t>());
            const auto compute = compute_buffers(*model, settings);
            REQUIRE(compute);
            const double apart =
                std::max(percent_apart(compute->host, row[9]), percent_apart(compute->device, row[10]));
            const auto budget = budgets.find({architecture, row[0].get<std::string>()});
            CHECK(apart <= (budget == budgets.end() ? exact : budget->second));
            tally.worst = std::max(tally.worst, apart);
            ++tally.rows;
        }
    }
    std::printf("%-24s %6s %14s\n", "small shapes", "rows", "worst error, %");
    for (const auto& [name, tally] : tallies) std::printf("  %-22s %6d %14.2f\n", name.c_str(), tally.rows, tally.worst);
    CHECK(tallies.size() >= 32);
}

TEST_CASE("the file says whether routed weights are normalised, where llama.cpp leaves it to the file") {
    std::set<std::string> seen;
    for (const nlohmann::json& shape : small_shapes()) {
        const std::string architecture = shape["architecture"];
        if (!shape["dimensions"].contains("expert_weights_norm") || architecture == "kimi-linear" || architecture == "nemotron_h_moe")
            continue;
        seen.insert(architecture);
        for (const std::optional<bool> said : {std::optional<bool>{}, {false}, {true}}) {
            Dimensions dimensions = test::dimensions_of(shape["dimensions"]);
            dimensions.expert_weights_norm = said;
            const auto model = describe_model(architecture, dimensions);
            REQUIRE(model);
            INFO(architecture);
            const auto routed = std::ranges::find_if(model->layers, [](const LayerSpec& layer) {
                return std::holds_alternative<ExpertFeedForward>(layer.feed_forward);
            });
            REQUIRE(routed != model->layers.end());
            CHECK(std::get<ExpertFeedForward>(routed->feed_forward).weights_norm == said.value_or(false));
        }
    }
    CHECK(seen == std::set<std::string>{"afmoe", "cohere2moe", "exaone-moe", "hy_v3", "mistral4", "step35"});
}
