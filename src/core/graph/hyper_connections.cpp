// Sources: llama.cpp de3ff81, src/models/deepseek4.cpp (build_hc_pre, build_hc_post, build_hc_head) and
// ggml/src/ggml.c (ggml_dsv4_hc_pre, _post and _comb, which GPU and CPU have).
#include "hyper_connections.hpp"

namespace fitcalc::graph {
namespace {

NodeId flattened(Graph& graph, NodeId streams) {
    const Extents n = graph.at(streams).ne;
    return graph.reshape(streams, {checked_mul(n[0], n[1]), n[2], 1, 1});
}

NodeId mixes(Graph& graph, std::int64_t values, NodeId streams) {
    return graph.weight_mul_mat(values, graph.same_as(Op::rms_norm, flattened(graph, streams)));
}

// Scaled, shifted and squeezed by a sigmoid; the latter in place.
NodeId bounded(Graph& graph, NodeId a) {
    return graph.same_as(Op::unary, graph.same_as(Op::add, graph.same_as(Op::mul, a)));
}

}  // namespace

NodeId open_hyper_connections(Graph& graph, std::int64_t count, NodeId embedded) {
    const Extents n = graph.at(embedded).ne;
    const NodeId one = graph.reshape(embedded, {n[0], 1, n[1], 1});
    return graph.result(Op::repeat, GgmlType::f32, {n[0], count, n[1], 1}, {one});
}

StreamMixture mix_streams(Graph& graph, NodeId streams) {
    const Extents n = graph.at(streams).ne;
    const std::int64_t count = n[1], tokens = n[2];
    const NodeId all = mixes(graph, checked_mul(count + 2, count), streams);
    const auto part = [&] { return graph.view(all, {count, tokens, 1, 1}, graph.at(all).nb); };
    const NodeId pre = bounded(graph, part());
    const NodeId post = bounded(graph, part());
    const NodeId combine = graph.result(Op::hyper_combine, GgmlType::f32, {count, count, tokens, 1}, {all});
    const NodeId input = graph.result(Op::weighted_sum, GgmlType::f32, {n[0], tokens, 1, 1}, {streams, pre});
    graph.at(combine).weighted = true;
    return {input, post, combine};
}

NodeId spread(Graph& graph, const StreamMixture& mixture, NodeId result, NodeId streams) {
    return graph.result(Op::hyper_post, GgmlType::f32, graph.at(streams).ne,
                        {result, streams, mixture.post, mixture.combine});
}

NodeId close_hyper_connections(Graph& graph, NodeId streams, NodeId wanted) {
    const Extents n = graph.at(streams).ne;
    const NodeId rows = graph.get_rows(flattened(graph, streams), wanted);
    const std::int64_t tokens = graph.at(rows).ne[1];
    streams = graph.reshape(rows, {n[0], n[1], tokens, 1});
    const NodeId shares = bounded(graph, mixes(graph, n[1], streams));
    NodeId sum = no_node;
    for (std::int64_t i = 0; i < n[1]; ++i) {
        const Extents sb = graph.at(streams).nb, wb = graph.at(shares).nb;
        const NodeId stream = graph.view_2d(streams, n[0], tokens, sb[2]);
        const NodeId share = graph.view(shares, {1, tokens, 1, 1}, wb);
        const NodeId part = graph.same_as(Op::mul, stream, share);
        sum = sum == no_node ? part : graph.same_as(Op::add, sum, part);
    }
    return sum;
}

}  // namespace fitcalc::graph
