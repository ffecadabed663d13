// Sources: llama.cpp de3ff81, src/models/deepseek32.cpp (order of the operations), src/llama-graph.cpp
// (build_attn with top_k), ggml/src/ggml.c (ggml_lightning_indexer, which GPU and CPU have).
#include <algorithm>

#include "attention.hpp"

namespace fitcalc::graph {
namespace {

constexpr std::int64_t value_bytes = 4;

// Rotates the first values of each head, which costs a copy of all.
NodeId partly_rotated(const Context& context, NodeId a, std::int64_t length, std::int64_t heads, std::int64_t rope) {
    Graph& graph = context.graph;
    const std::int64_t head = checked_mul(value_bytes, length);
    const Extents nb{value_bytes, head, checked_mul(head, heads), checked_mul(head, heads)};
    const NodeId rotary = graph.view(a, {rope, heads, context.batch.tokens, 1}, nb);
    const NodeId rest = graph.view(a, {length - rope, heads, context.batch.tokens, 1}, nb);
    return graph.concat(graph.same_as(Op::rope, rotary, context.inputs.positions), rest);
}

}  // namespace

SparseMask lightning_indexer(const Context& context, const LatentAttention& latent, NodeId normed,
                             NodeId compressed_query) {
    Graph& graph = context.graph;
    const Batch& batch = context.batch;
    const Indexer& indexer = *latent.indexer;
    const std::int64_t length = indexer.key_length, tokens = batch.stream_tokens(), streams = batch.streams;

    NodeId query = graph.weight_mul_mat(checked_mul(indexer.heads, length), compressed_query);
    query = partly_rotated(context, query, length, indexer.heads, latent.rope_length);
    NodeId key = graph.same_as(Op::norm, graph.weight_mul_mat(length, normed));
    key = graph.same_as(Op::add, graph.same_as(Op::mul, key));
    key = partly_rotated(context, key, length, 1, latent.rope_length);
    query = graph.mul_mat(context.inputs.indexer_rotation, query);
    key = graph.mul_mat(context.inputs.indexer_rotation, key);

    const NodeId cache = graph.external(batch.type_k, {length, batch.cells, streams, 1});
    const NodeId rows = graph.view_2d(key, length, batch.tokens, graph.at(key).nb[2]);
    NodeId all = cache;
    if (streams > 1) all = graph.reshape(cache, {length, checked_mul(batch.cells, streams), 1, 1});
    graph.expand(graph.set_rows(all, rows, context.inputs.indexer_rows));

    const Extents nb = graph.at(cache).nb;
    const NodeId keys = graph.view(cache, {length, 1, batch.cells, streams}, {nb[0], nb[1], nb[1], nb[2]});
    NodeId weights = graph.weight_mul_mat(indexer.heads, normed);
    const Extents qn = graph.at(query).nb, wn = graph.at(weights).nb;
    query = graph.view(query, {length, indexer.heads, tokens, streams}, {qn[0], qn[1], qn[2], qn[3] / streams});
    weights = graph.view(weights, {indexer.heads, tokens, 1, streams}, {wn[0], wn[1], wn[2] / streams, wn[3] / streams});
    weights = graph.same_as(Op::scale, weights);
    const NodeId scores = graph.result(Op::lightning_indexer, GgmlType::f32, {batch.cells, tokens, 1, streams},
                                       {query, keys, weights, context.inputs.indexer_mask});
    const std::int64_t best = std::min(batch.cells, indexer.top_k);
    return {graph.cont(graph.result(Op::top_k, GgmlType::i32, {best, tokens, 1, streams}, {scores}))};
}

// Everything is hidden but the best tokens, which then are subject to the ordinary mask.
NodeId SparseMask::mask(const Context& context, GgmlType opening) const {
    Graph& graph = context.graph;
    const NodeId ordinary = context.inputs.mask;
    const Extents n = graph.at(ordinary).ne, chosen = graph.at(best).ne;
    const NodeId hidden = graph.same_as(Op::fill, ordinary);
    const Extents nb = graph.at(hidden).nb;
    const NodeId cells = graph.view(hidden, {1, n[0], n[1], n[3]}, {nb[0], nb[0], nb[1], nb[2]});
    const Extents bn = graph.at(best).nb;
    const NodeId rows = graph.view(best, {chosen[0], chosen[1], chosen[3], 1}, {bn[0], bn[1], bn[2], bn[3]});
    // The zeros begin as a tensor of their own, which has its place from the beginning of the graph on.
    const NodeId unset = graph.result(Op::none, opening, {1, chosen[0], chosen[1], chosen[3]}, {});
    const NodeId opened = graph.set_rows(cells, graph.same_as(Op::fill, unset), rows);
    const NodeId shaped = graph.view(opened, n, nb);
    return graph.same_as(Op::add, shaped, ordinary);
}

}  // namespace fitcalc::graph
