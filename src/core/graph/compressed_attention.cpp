// Latent attention whose cache holds the heads' own keys and values.
// Sources: llama.cpp de3ff81, src/models/deepseek2.cpp (without is_mla), minicpm3.cpp.
#include "attention.hpp"

namespace fitcalc::graph {

Heads decompressed_heads(const Context& context, const FullAttention& full, NodeId normed) {
    Graph& graph = context.graph;
    const CompressedProjections& ranks = *full.compressed;
    const std::int64_t tokens = context.batch.tokens, value_bytes = 4;
    const std::int64_t nope = full.key_length - ranks.rope_length;
    // Parts of the rows of `a`, which hold `length` values for each head.
    const auto part = [&](NodeId a, std::int64_t values, std::int64_t heads, std::int64_t length) {
        const std::int64_t row = graph.at(a).nb[1];
        return graph.view(a, {values, heads, tokens, 1},
                          {value_bytes, checked_mul(value_bytes, length), row, checked_mul(row, tokens)});
    };
    NodeId q = normed;
    if (ranks.q_lora_rank > 0) q = norm(graph, graph.weight_mul_mat(ranks.q_lora_rank, q));
    q = graph.weight_mul_mat(full.query_values(), q);
    const NodeId q_nope = part(q, nope, full.heads, full.key_length);
    NodeId q_rope = part(q, ranks.rope_length, full.heads, full.key_length);

    const std::int64_t compressed = checked_add(ranks.kv_lora_rank, ranks.rope_length);
    const NodeId kv = graph.weight_mul_mat(compressed, normed);
    const std::int64_t row = graph.at(kv).nb[1];
    NodeId kv_latent = graph.view_2d(kv, ranks.kv_lora_rank, tokens, row);
    NodeId k_rope = part(kv, ranks.rope_length, 1, compressed);
    q_rope = graph.same_as(Op::rope, q_rope, context.inputs.positions);
    k_rope = graph.same_as(Op::rope, k_rope, context.inputs.positions);
    kv_latent = norm(graph, kv_latent);
    const std::int64_t each = checked_add(nope, full.value_length);
    const NodeId decompressed = graph.weight_mul_mat(checked_mul(full.heads, each), kv_latent);
    const NodeId k_nope = part(decompressed, nope, full.heads, each);
    const NodeId v = graph.cont(part(decompressed, full.value_length, full.heads, each));
    const NodeId repeated = graph.result(Op::repeat, GgmlType::f32, graph.at(q_rope).ne, {k_rope});
    return {graph.concat(q_nope, q_rope), graph.concat(k_nope, repeated), v};
}

}  // namespace fitcalc::graph
