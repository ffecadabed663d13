// Scratch of CUDA's flash attention behind its result: F16 copies of a cache of another type, which the kernels for one
// or two tokens do without (ggml/src/ggml-cuda/fattn.cu at de3ff81).
#include <algorithm>

#include "core/graph/batch.hpp"
#include "core/graph/model_graph.hpp"
#include "fitcalc/architecture.hpp"
#include "support/catch.hpp"
#include "support/reference.hpp"

namespace fitcalc::graph {
namespace {

// Bytes that the last layer's flash attention asks for beyond its result.
std::int64_t scratch(const ModelSpec& model, std::int64_t ubatch, GgmlType cache, GraphDevice device = GraphDevice::gpu) {
    EngineSettings settings;
    settings.device = device;
    settings.context = Tokens{4096};
    settings.ubatch = Tokens{ubatch};
    settings.type_k = settings.type_v = cache;
    GraphPlan plan;
    plan.layers.resize(model.layers.size());
    const auto [graph, left_out] = build_graph(model, batch_of(model, settings), plan);
    std::int64_t beyond = -1;
    for (const NodeId id : graph.order())
        if (const Node& node = graph.at(id); node.op == Op::flash_attn_ext) beyond = node.bytes - 4 * elements(node.ne);
    return beyond;
}

ModelSpec model_of(const char* id) {
    const auto& reference = test::reference_model(id);
    return describe_model(reference.architecture, reference.dimensions).value();
}

}  // namespace

TEST_CASE("a quantized cache is copied to F16 for batches of more than two tokens") {
    const ModelSpec model = model_of("llama-3.1-8b");
    const std::int64_t copies = 2 * (2 * 128 * 8 * 4096);  // K and V: 8 heads of 128 values in 16 bits, 4,096 cells
    for (const std::int64_t tokens : {1, 2}) CHECK(scratch(model, tokens, GgmlType::q8_0) == 0);
    for (const std::int64_t tokens : {3, 512}) CHECK(scratch(model, tokens, GgmlType::q8_0) == copies);
    for (const std::int64_t tokens : {1, 512}) {
        CHECK(scratch(model, tokens, GgmlType::f16) == 0);
        CHECK(scratch(model, tokens, GgmlType::bf16) == copies);
        CHECK(scratch(model, tokens, GgmlType::q8_0, GraphDevice::cpu) == 0);
    }
}

TEST_CASE("heads of more than 256 values are copied for a single token, too; latent attention's values once") {
    CHECK(scratch(model_of("deepseek-r1-0528"), 1, GgmlType::q8_0) == 2 * 576 * 4096);
    Dimensions d = test::reference_model("llama-3.1-8b").dimensions;
    for (const std::uint32_t length : {256u, 288u}) {
        d.key_length = d.value_length = length;
        const std::int64_t copies = 2 * (2 * length * 8 * 4096);
        CHECK(scratch(describe_model("llama", d).value(), 1, GgmlType::q8_0) == (length == 256 ? 0 : copies));
    }
}

}  // namespace fitcalc::graph
