// Sources: llama.cpp de3ff81, src/models/*.cpp of the families with full attention (order of the operations),
// src/llama-graph.cpp (build_qkv, build_attn) and src/llama-kv-cache.cpp (cpy_k, cpy_v, get_k, get_v).
#include "attention.hpp"

namespace fitcalc::graph {
namespace {

NodeId matrix(Graph& graph, std::int64_t rows, bool bias, NodeId a) {
    const NodeId out = graph.weight_mul_mat(rows, a);
    return bias ? graph.same_as(Op::add, out) : out;
}

struct Projections {
    NodeId q, k, v;  // {length, heads, tokens}
};

// One product of which Q, K and V are views.
Projections fused_projections(Graph& graph, const FullAttention& full, NodeId normed) {
    const std::int64_t tokens = graph.at(normed).ne[1], value_bytes = 4;
    const std::int64_t all = checked_add(full.query_values(), checked_add(full.key_values(), full.value_values()));
    const NodeId qkv = matrix(graph, all, full.bias, normed);
    const auto part = [&](std::int64_t heads, std::int64_t length) {
        const std::int64_t row = graph.at(qkv).nb[1];
        return graph.view(qkv, {length, heads, tokens, 1},
                          {value_bytes, checked_mul(value_bytes, length), row, checked_mul(row, tokens)});
    };
    return {part(full.heads, full.key_length), part(full.kv_heads, full.key_length),
            part(full.kv_heads, full.value_length)};
}

Projections projections(Graph& graph, const FullAttention& full, NodeId normed) {
    if (full.fused) return fused_projections(graph, full, normed);
    const auto part = [&](std::int64_t heads, std::int64_t length, bool whole_norm) {
        NodeId out = matrix(graph, checked_mul(heads, length), full.bias, normed);
        if (whole_norm) out = norm(graph, out);
        return graph.reshape(out, {length, heads, graph.at(normed).ne[1], 1});
    };
    const bool whole = full.qk_norm == QkNorm::whole;
    return {part(full.heads, full.key_length, whole), part(full.kv_heads, full.key_length, whole),
            part(full.kv_heads, full.value_length, false)};
}

// Multiplies groups of values by a Hadamard matrix, so that a quantized cache loses less.
NodeId rotate(Graph& graph, NodeId matrix, NodeId a) {
    if (matrix == no_node) return a;
    const std::int64_t n = graph.at(matrix).ne[0];
    const Extents shape = graph.at(a).ne;
    const Extents groups{n, elements(shape) / n, 1, 1};
    const NodeId flat = graph.contiguous(a) ? graph.reshape(a, groups) : graph.cont(a, groups);
    return graph.reshape(graph.mul_mat(matrix, flat), shape);
}

NodeId token_rows(Graph& graph, NodeId a) {
    const Node& node = graph.at(a);
    return graph.view(a, {checked_mul(node.ne[0], node.ne[1]), node.ne[2], 1, 1}, {node.nb[0], node.nb[2], 0, 0});
}

NodeId store(Graph& graph, NodeId cache, NodeId rows, NodeId a) {
    const Extents n = graph.at(cache).ne;
    const NodeId values = token_rows(graph, a);
    // Row numbers count through all streams.
    const NodeId all = n[2] > 1 ? graph.reshape(cache, {n[0], checked_mul(n[1], n[2]), 1, 1}) : cache;
    return graph.set_rows(all, values, rows);
}

NodeId store_transposed(Graph& graph, NodeId cache, NodeId rows, NodeId a) {
    const Extents n = graph.at(a).ne;
    const NodeId tokens = graph.reshape(a, {checked_mul(n[0], n[1]), n[2], 1, 1});
    const NodeId all = graph.reshape(cache, {1, elements(graph.at(cache).ne), 1, 1});
    return graph.set_rows(all, graph.reshape(tokens, {1, elements(n), 1, 1}), rows);
}

NodeId cache_view(Graph& graph, NodeId cache, std::int64_t heads, std::int64_t length) {
    const Node& node = graph.at(cache);
    const std::int64_t head_bytes = contiguous_strides(node.type, {length, 1, 1, 1})[1];
    return graph.view(cache, {length, heads, node.ne[1], node.ne[2]}, {node.nb[0], head_bytes, node.nb[1], node.nb[2]});
}

NodeId transposed_cache_view(Graph& graph, NodeId cache, std::int64_t heads, std::int64_t length) {
    const Node& node = graph.at(cache);
    const std::int64_t row = contiguous_strides(node.type, {node.ne[1], 1, 1, 1})[1];
    return graph.view(cache, {node.ne[1], heads, length, node.ne[2]},
                      {node.nb[0], checked_mul(row, length), row, node.nb[2]});
}

}  // namespace

NodeId attention(const Context& context, std::int64_t embedding_length, const FullAttention& full, NodeId normed) {
    Graph& graph = context.graph;
    const Batch& batch = context.batch;
    const Inputs& inputs = context.inputs;

    auto [q, k, v] = projections(graph, full, normed);
    const bool head_norm = full.qk_norm == QkNorm::head || full.qk_norm == QkNorm::layer;
    const Norm kind{.layer = full.qk_norm == QkNorm::layer};
    if (head_norm) q = norm(graph, q, kind);
    if (full.rope) q = graph.same_as(Op::rope, q, inputs.positions);
    if (head_norm) k = norm(graph, k, kind);
    if (full.rope) k = graph.same_as(Op::rope, k, inputs.positions);

    q = rotate(graph, inputs.k_rotation, q);
    k = rotate(graph, inputs.k_rotation, k);
    v = rotate(graph, inputs.v_rotation, v);
    graph.expand(q);
    graph.expand(v);
    graph.expand(k);

    const NodeId k_cache = graph.external(batch.type_k, {full.key_values(), batch.cells, batch.streams, 1});
    const NodeId v_cache = graph.external(batch.type_v, {full.value_values(), batch.cells, batch.streams, 1});
    graph.expand(store(graph, k_cache, inputs.k_rows, k));
    graph.expand(batch.flash_attention ? store(graph, v_cache, inputs.v_rows, v)
                                       : store_transposed(graph, v_cache, inputs.v_rows, v));

    const CacheViews cache{cache_view(graph, k_cache, full.kv_heads, full.key_length),
                           batch.flash_attention
                               ? cache_view(graph, v_cache, full.kv_heads, full.value_length)
                               : transposed_cache_view(graph, v_cache, full.kv_heads, full.value_length),
                           !batch.flash_attention};
    NodeId out = rotate(graph, inputs.v_rotation, attend(context, q, cache));
    out = graph.weight_mul_mat(embedding_length, out);
    if (full.output_bias) out = graph.same_as(Op::add, out);
    return out;
}

}  // namespace fitcalc::graph
