// What one token reads and multiplies.
#include "fitcalc/architecture.hpp"
#include "fitcalc/cache.hpp"
#include "fitcalc/estimate.hpp"
#include "fitcalc/token_work.hpp"
#include "support/catch.hpp"
#include "support/reference.hpp"

using namespace fitcalc;
using namespace fitcalc::test;

namespace {

TokenWork work_of(const std::string& id, FileType type, const EngineSettings& settings = {}) {
    const ReferenceModel& reference = reference_model(id);
    const Estimator estimator = Estimator::create(spec_of(reference), Bytes{}).value();
    return sum_of(token_work(estimator.model(), estimator.inventory(), estimator.types(type, false), settings));
}

double bytes(const TensorInventory& inventory, const std::vector<GgmlType>& types, std::string_view name) {
    for (std::size_t i = 0; i < types.size(); ++i)
        if (inventory.tensors[i].name == name) return static_cast<double>(inventory.tensors[i].bytes_as(types[i]).count());
    return 0;
}

}  // namespace

TEST_CASE("a dense model reads its file but for the embedding, which is looked up") {
    const Estimator estimator = Estimator::create(spec_of(reference_model("llama-3.1-8b")), Bytes{}).value();
    const auto types = estimator.types(FileType::q4_k_m, false);
    const TokenWork work = sum_of(token_work(estimator.model(), estimator.inventory(), types, {}));
    CHECK(work.weight_bytes() == 4'912'898'304.0 - bytes(estimator.inventory(), types, "token_embd.weight"));
    CHECK(work.layers == 32);
    CHECK(work.expert_layers == 0);
    // 8 key and value heads of 128 in each of 32 layers, in f16.
    CHECK(work.cache_bytes(1) == 131'072);
    CHECK(work.cache_bytes(1000) == 131'072'000);
}

TEST_CASE("a tied embedding is read as the output matrix") {
    const Estimator estimator = Estimator::create(spec_of(reference_model("llama-3.2-1b")), Bytes{}).value();
    const auto types = estimator.types(FileType::q8_0, false);
    double file = 0;
    for (std::size_t i = 0; i < types.size(); ++i)
        file += static_cast<double>(estimator.inventory().tensors[i].bytes_as(types[i]).count());
    CHECK(sum_of(token_work(estimator.model(), estimator.inventory(), types, {})).weight_bytes() == file);
}

TEST_CASE("of the routed experts those used are read") {
    const Estimator estimator = Estimator::create(spec_of(reference_model("deepseek-r1-0528")), Bytes{}).value();
    const auto types = estimator.types(FileType::q4_k_m, false);
    const TokenWork work = sum_of(token_work(estimator.model(), estimator.inventory(), types, {}));
    double routed = 0;
    for (std::size_t i = 0; i < types.size(); ++i)
        if (estimator.inventory().tensors[i].role == TensorRole::routed_experts)
            routed += static_cast<double>(estimator.inventory().tensors[i].bytes_as(types[i]).count());
    double read = 0;
    for (const double each : work.expert_bytes) read += each;
    CHECK(work.all_expert_bytes == routed);
    CHECK(read == Approx(routed * 8 / 256));
    CHECK(work.expert_layers == 58);
    CHECK(work.experts_per_token / work.expert_layers == Approx(8.0 / 256));
    // 37B are active, of them some 36B in matrices of the layers.
    CHECK(work.active_weights() == Approx(36e9).epsilon(0.03));
    // The cache is the latent row: 70,272 bytes a token.
    CHECK(work.cache_bytes(1) == 70'272);
}

TEST_CASE("a window ends the cache that is read") {
    const TokenWork work = work_of("gemma-3-12b", FileType::q4_k_m);
    REQUIRE(work.attention.size() == 2);
    double full = 0, sliding = 0;
    for (const CachedAttention& each : work.attention) (each.window > 0 ? sliding : full) += each.cache_bytes;
    CHECK(work.cache_bytes(1024) == (full + sliding) * 1024);
    CHECK(work.cache_bytes(65536) == full * 65536 + sliding * 1024);
    EngineSettings whole;
    whole.swa_full = true;
    CHECK(work_of("gemma-3-12b", FileType::q4_k_m, whole).cache_bytes(65536) == (full + sliding) * 65536);
}

TEST_CASE("the cache is read in its own type") {
    EngineSettings settings;
    settings.type_k = settings.type_v = GgmlType::q8_0;
    CHECK(work_of("llama-3.1-8b", FileType::q4_k_m, settings).cache_bytes(64) == 131'072.0 * 64 * 34 / 64);
}

TEST_CASE("recurrent layers read and write their state, whatever the depth") {
    const TokenWork work = work_of("mamba-codestral-7b", FileType::q4_k_m);
    CHECK(work.cache_bytes(100'000) == 0);
    // Each layer is a mixer without a network, and half a layer in launches; so is its scan beside a delta net.
    CHECK(work.layers == 32);
    CHECK(work.recurrent_layers == 32);
    const ReferenceModel& reference = reference_model("mamba-codestral-7b");
    const CachePlan cache = plan_cache(spec_of(reference), {});
    CHECK(work.state_bytes == 2.0 * static_cast<double>(cache.recurrent_bytes().count()));
}

TEST_CASE("work adds up over the layers") {
    const Estimator estimator = Estimator::create(spec_of(reference_model("gpt-oss-20b")), Bytes{}).value();
    const auto layers = token_work(estimator.model(), estimator.inventory(), estimator.types(FileType::mxfp4_moe, false), {});
    REQUIRE(layers.size() == estimator.model().layers.size() + 1);
    const TokenWork all = sum_of(layers);
    TokenWork halves = sum_of(std::span{layers}.first(12));
    halves += sum_of(std::span{layers}.subspan(12));
    CHECK(halves.weight_bytes() == Approx(all.weight_bytes()));
    CHECK(halves.cache_bytes(4096) == Approx(all.cache_bytes(4096)));
    CHECK(halves.layers == all.layers);
    CHECK(layers.back().layers == 0);
    CHECK(layers.back().weight_bytes() > 0);
}

TEST_CASE("rows that stand for several tokens are read once for all of them") {
    const ReferenceModel& reference = reference_model("deepseek-v4-flash");
    const ModelSpec model = spec_of(reference);
    const TokenWork work = work_of("deepseek-v4-flash", FileType::q4_k_m);
    constexpr double depth = 65536;
    double expected = 0, whole = 0;
    for (const LayerSpec& layer : model.layers) {
        const auto* rows = std::get_if<CompressedRowsAttention>(&layer.attention);
        if (!rows || layer.next_token) continue;
        const auto row = static_cast<double>(2 * rows->head_length);  // f16
        expected += row * static_cast<double>(rows->window);
        whole += row * depth;
        if (rows->ratio == 0) continue;
        expected += row * depth / static_cast<double>(rows->ratio);
        if (rows->indexer) expected += 2.0 * static_cast<double>(rows->indexer->key_length) * depth / static_cast<double>(rows->ratio);
    }
    CHECK(work.cache_bytes(depth) == Approx(expected));
    CHECK(work.cache_bytes(depth) < whole / 2);
}
