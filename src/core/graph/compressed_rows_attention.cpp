// Sources: llama.cpp de3ff81, src/models/deepseek4.cpp (build_attention, build_lid_top_k, build_top_k_mask,
// build_csa_lid_attention, build_hca_attention, build_raw_attention) and src/llama-graph.cpp (build_inp_dsv4).
#include <algorithm>

#include "attention.hpp"
#include "row_compressor.hpp"

namespace fitcalc::graph {
namespace {

NodeId heads_of(Graph& graph, std::int64_t length, std::int64_t heads, NodeId a) {
    return graph.reshape(a, {length, heads, graph.at(a).ne[1], 1});
}

NodeId rows_memory(const Context& context, std::int64_t length, const CompressorInputs& inputs) {
    return context.graph.external(context.batch.type_k,
                                  {length, context.graph.at(inputs.mask).ne[0], context.batch.streams, 1});
}

// The compressed rows that the indexer scores best.
SparseMask best_rows(const Context& context, const CompressedRowsAttention& rows, NodeId index_cache, NodeId normed,
                     NodeId compressed_query) {
    Graph& graph = context.graph;
    const Batch& batch = context.batch;
    const Indexer& indexer = *rows.indexer;
    const CompressorInputs& inputs = context.inputs.index;
    const std::int64_t tokens = batch.stream_tokens(), streams = batch.streams;

    NodeId query = graph.weight_mul_mat(checked_mul(indexer.heads, indexer.key_length), compressed_query);
    query = heads_of(graph, indexer.key_length, indexer.heads, query);
    query = rotate(graph, inputs.rotation, graph.same_as(Op::rope, query, context.inputs.positions));
    NodeId weights = graph.same_as(Op::scale, graph.weight_mul_mat(indexer.heads, normed));
    const NodeId keys = cache_view(graph, index_cache, 1, indexer.key_length);
    const Extents qn = graph.at(query).nb, wn = graph.at(weights).nb;
    query = graph.view(query, {indexer.key_length, indexer.heads, tokens, streams}, {qn[0], qn[1], qn[2], qn[3] / streams});
    weights = graph.view(weights, {indexer.heads, tokens, 1, streams}, {wn[0], wn[1], wn[2] / streams, wn[3] / streams});
    const std::int64_t cells = graph.at(inputs.mask).ne[0];
    const NodeId scores = graph.result(Op::lightning_indexer, GgmlType::f32, {cells, tokens, 1, streams},
                                       {query, keys, weights, inputs.mask});
    const std::int64_t best = std::min(cells, indexer.top_k);
    return {graph.cont(graph.result(Op::top_k, GgmlType::i32, {best, tokens, 1, streams}, {scores}))};
}

// Each group of heads has a projection of its own.
NodeId projected(Graph& graph, const CompressedRowsAttention& rows, std::int64_t embedding_length, NodeId heads) {
    const std::int64_t tokens = graph.at(heads).ne[2];
    const std::int64_t length = rows.query_values() / rows.output_groups;
    const NodeId groups = graph.permute(graph.reshape(heads, {length, rows.output_groups, tokens, 1}), {0, 2, 1, 3});
    const NodeId low = graph.weight_mul_mat(rows.output_rank, groups, "attn_output_a.weight");
    const NodeId all = graph.cont(graph.permute(low, {0, 2, 1, 3}),
                                  {checked_mul(rows.output_rank, rows.output_groups), tokens, 1, 1});
    return graph.weight_mul_mat(embedding_length, all, "attn_output_b.weight");
}

}  // namespace

NodeId attention(const Context& context, std::int64_t embedding_length, const CompressedRowsAttention& rows,
                 NodeId normed) {
    Graph& graph = context.graph;
    const Batch& batch = context.batch;
    const Inputs& inputs = context.inputs;
    const CompressorInputs& compressor = rows.indexer ? inputs.indexed : inputs.compressed;

    const NodeId query_row = norm(graph, graph.weight_mul_mat(rows.q_lora_rank, normed));
    NodeId q = heads_of(graph, rows.head_length, rows.heads, graph.weight_mul_mat(rows.query_values(), query_row));
    q = graph.same_as(Op::rope, graph.same_as(Op::rms_norm, q), inputs.positions);
    NodeId k = norm(graph, graph.weight_mul_mat(rows.head_length, normed));
    k = graph.same_as(Op::rope, heads_of(graph, rows.head_length, 1, k), inputs.positions);

    NodeId memory = no_node;
    std::optional<SparseMask> sparse;
    if (rows.ratio > 0) {
        memory = rows_memory(context, rows.head_length, compressor);
        store_compressed_rows(context, rows, compressor, rows.head_length, memory, normed);
    }
    if (rows.indexer) {
        const NodeId index = rows_memory(context, rows.indexer->key_length, inputs.index);
        store_compressed_rows(context, rows, inputs.index, rows.indexer->key_length, index, normed);
        sparse = best_rows(context, rows, index, normed, query_row);
    }

    q = rotate(graph, inputs.window.k_rotation, q);
    k = rotate(graph, inputs.window.k_rotation, k);
    graph.expand(q);
    graph.expand(k);
    const NodeId window = graph.external(batch.type_k, {rows.head_length, batch.window_cells, batch.streams, 1});
    graph.expand(store(graph, window, inputs.window.k_rows, k));

    Context seen = context;
    seen.inputs.mask = inputs.window.mask;
    NodeId keys = cache_view(graph, window, 1, rows.head_length);
    if (rows.ratio > 0) {
        Extents ne = graph.at(keys).ne;
        ne[2] = checked_add(ne[2], graph.at(memory).ne[1]);
        keys = graph.result(Op::concat, batch.type_k, ne, {keys, cache_view(graph, memory, 1, rows.head_length)});
        NodeId mask = compressor.mask;
        if (sparse) {
            Context chosen = context;
            chosen.inputs.mask = mask;
            mask = sparse->mask(chosen, batch.flash_attention ? GgmlType::f16 : GgmlType::f32);
        }
        seen.inputs.mask = graph.concat(inputs.window.mask, mask);
    }
    const NodeId out = rotate(graph, inputs.window.k_rotation, attend(seen, q, {keys, keys, false}));
    // The positions are taken out again.
    const NodeId heads = graph.same_as(Op::rope, graph.reshape(out, {rows.head_length, rows.heads, batch.tokens, 1}),
                                       inputs.positions);
    return projected(graph, rows, embedding_length, heads);
}

}  // namespace fitcalc::graph
