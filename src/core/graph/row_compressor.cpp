// Sources: llama.cpp de3ff81, src/models/deepseek4.cpp (build_attention, build_hca_compressed_kv_from_state,
// build_overlap_compressed_kv_from_state) and src/llama-kv-cache-dsv4.cpp (get_kv_all, cpy_kv).
#include "row_compressor.hpp"

#include "attention.hpp"

namespace fitcalc::graph {
namespace {

NodeId joined(Graph& graph, std::size_t dimension, NodeId a, NodeId b) {
    Extents ne = graph.at(a).ne;
    ne[dimension] = checked_add(ne[dimension], graph.at(b).ne[dimension]);
    return graph.result(Op::concat, graph.at(a).type, ne, {a, b});
}

// One row behind the others that adds nothing to a sum.
NodeId with_empty_row(Graph& graph, NodeId a) {
    const Node& node = graph.at(a);
    const NodeId row = graph.view_2d(a, node.ne[0], 1, node.nb[1]);
    return joined(graph, 1, a, graph.reshape(graph.same_as(Op::scale, row), graph.at(row).ne));
}

// What the tokens of this batch give to the rows, of one kind, behind what is kept of those before it.
struct Sources {
    NodeId memory;  // {values, tokens kept, streams}
    NodeId own;
    NodeId all;
};

Sources sources(Graph& graph, NodeId memory, NodeId own) {
    const Extents n = graph.at(memory).ne, nb = graph.at(memory).nb;
    const NodeId kept = graph.view_2d(memory, n[0], checked_mul(n[1], n[2]), nb[1]);
    return {memory, own, joined(graph, 1, kept, own)};
}

void keep(Graph& graph, const CompressorInputs& inputs, const Sources& sources) {
    const Extents n = graph.at(sources.memory).ne;
    const NodeId rows = graph.get_rows(sources.own, inputs.kept_from);
    const NodeId memory = graph.reshape(sources.memory, {n[0], checked_mul(n[1], n[2]), 1, 1});
    graph.expand(graph.set_rows(memory, rows, inputs.kept_to));
}

// {tokens, length, rows}: what each row is made from.
NodeId tokens_of_rows(Graph& graph, const CompressedRowsAttention& rows, const CompressorInputs& inputs,
                      std::int64_t length, NodeId all) {
    const std::int64_t count = graph.at(inputs.rows).ne[0];
    NodeId tokens;
    if (rows.indexer) {
        // Rows overlap: each has a half made from the tokens before its own.
        const NodeId both = graph.get_rows(with_empty_row(graph, all), inputs.sources);
        const Extents nb = graph.at(both).nb;
        const auto half = [&] {
            const NodeId part = graph.view(both, {length, checked_mul(rows.ratio, count), 1, 1}, nb);
            return graph.reshape(graph.cont(part), {length, rows.ratio, count, 1});
        };
        const NodeId before = half();
        tokens = joined(graph, 1, before, half());
    } else {
        tokens = graph.reshape(graph.get_rows(all, inputs.sources), {length, rows.ratio, count, 1});
    }
    return graph.cont(graph.permute(tokens, {1, 0, 2, 3}));
}

}  // namespace

void store_compressed_rows(const Context& context, const CompressedRowsAttention& rows, const CompressorInputs& inputs,
                           std::int64_t length, NodeId cache, NodeId normed) {
    Graph& graph = context.graph;
    const std::int64_t width = rows.source_values(length);
    const auto memory = [&] {
        return graph.external(GgmlType::f32, {width, rows.kept_tokens(), context.batch.streams, 1});
    };
    const Sources values = sources(graph, memory(), graph.weight_mul_mat(width, normed));
    // A score per value, which the token's place in its row decides, too.
    const NodeId places = graph.result(Op::get_rows, GgmlType::f32, {width, context.batch.tokens, 1, 1}, {inputs.slots});
    graph.at(places).weighted = true;
    const NodeId score = graph.same_as(Op::add, graph.weight_mul_mat(width, normed), places);
    const Sources scores = sources(graph, memory(), score);

    const NodeId summed = tokens_of_rows(graph, rows, inputs, length, values.all);
    const NodeId weights =
        graph.same_as(Op::soft_max, tokens_of_rows(graph, rows, inputs, length, scores.all));
    NodeId row = graph.sum_rows(graph.same_as(Op::mul, summed, weights));
    row = norm(graph, graph.cont(graph.permute(row, {1, 0, 2, 3})));
    row = rotate(graph, inputs.rotation, graph.same_as(Op::rope, row, inputs.positions));
    graph.expand(store(graph, cache, inputs.rows, row));
    keep(graph, inputs, values);
    keep(graph, inputs, scores);
}

}  // namespace fitcalc::graph
