// Sources: llama.cpp de3ff81, src/models/deepseek2.cpp (is_mla) and src/llama-graph.cpp (build_attn for K-only caches).
#include <optional>

#include "attention.hpp"

namespace fitcalc::graph {

NodeId attention(const Context& context, std::int64_t embedding_length, const LatentAttention& latent, NodeId normed) {
    Graph& graph = context.graph;
    const Batch& batch = context.batch;
    const Inputs& inputs = context.inputs;
    const std::int64_t tokens = batch.tokens;
    const std::int64_t head = checked_add(latent.nope_length, latent.rope_length);
    const std::int64_t value_bytes = 4;

    NodeId q = normed;
    if (latent.q_lora_rank > 0) q = norm(graph, graph.weight_mul_mat(latent.q_lora_rank, q));
    std::optional<SparseMask> sparse;
    if (latent.indexer) sparse = lightning_indexer(context, latent, normed, q);
    q = graph.weight_mul_mat(checked_mul(latent.heads, head), q);
    const Extents q_strides{value_bytes, checked_mul(value_bytes, head), graph.at(q).nb[1], graph.at(q).nb[2]};
    NodeId q_nope = graph.view(q, {latent.nope_length, latent.heads, tokens, 1}, q_strides);
    NodeId q_rope = graph.view(q, {latent.rope_length, latent.heads, tokens, 1}, q_strides);

    const NodeId kv = graph.weight_mul_mat(latent.cached_values(), normed);
    const std::int64_t kv_row = graph.at(kv).nb[1];
    NodeId kv_latent = graph.view_2d(kv, latent.kv_lora_rank, tokens, kv_row);
    NodeId k_rope = graph.view(kv, {latent.rope_length, 1, tokens, 1}, {value_bytes, kv_row, kv_row, kv_row});
    if (latent.rope) {
        q_rope = graph.same_as(Op::rope, q_rope, inputs.positions);
        k_rope = graph.same_as(Op::rope, k_rope, inputs.positions);
    }
    kv_latent = norm(graph, kv_latent);

    // Keys stay compressed: their decompression is applied to the queries instead.
    q_nope = graph.weight_mul_mat(latent.kv_lora_rank, graph.permute(q_nope, {0, 2, 1, 3}));
    const NodeId queries = graph.concat(graph.permute(q_nope, {0, 2, 1, 3}), q_rope);
    kv_latent = graph.reshape(kv_latent, {latent.kv_lora_rank, 1, tokens, 1});
    const NodeId keys = graph.concat(kv_latent, k_rope);
    graph.expand(queries);
    graph.expand(kv_latent);
    graph.expand(keys);

    const std::int64_t row = latent.cached_values();
    const NodeId k_cache = graph.external(batch.type_k, {row, batch.cells, batch.streams, 1});
    NodeId all = k_cache;
    const NodeId key_rows = graph.view_2d(keys, row, tokens, graph.at(keys).nb[2]);
    if (batch.streams > 1) all = graph.reshape(k_cache, {row, checked_mul(batch.cells, batch.streams), 1, 1});
    graph.expand(graph.set_rows(all, key_rows, inputs.k_rows));

    const Extents nb = graph.at(k_cache).nb;
    const NodeId k = graph.view(k_cache, {row, 1, batch.cells, batch.streams}, {nb[0], nb[1], nb[1], nb[2]});
    const NodeId v = graph.view(k, {latent.kv_lora_rank, 1, batch.cells, batch.streams}, graph.at(k).nb);
    Context seen = context;
    if (sparse) seen.inputs.mask = sparse->mask(context, GgmlType::f32);
    NodeId out = attend(seen, queries, {k, v, false}, latent.value_length);
    if (latent.output_gate) {
        const NodeId gate = graph.weight_mul_mat(checked_mul(latent.heads, latent.value_length), normed);
        out = graph.same_as(Op::mul, out, graph.same_as(Op::unary, gate));
    }
    return graph.weight_mul_mat(embedding_length, out);
}

}  // namespace fitcalc::graph
