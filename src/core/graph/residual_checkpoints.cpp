// Source: llama.cpp de3ff81, src/models/kimi-k3.cpp (res_push, res_mix), ggml/src/ggml.c (ggml_dsv4_hc_pre).
#include "residual_checkpoints.hpp"

namespace fitcalc::graph {
namespace {

NodeId score(Graph& graph, NodeId a) {
    return graph.sum_rows(graph.same_as(Op::mul, graph.same_as(Op::rms_norm, a)));
}

}  // namespace

NodeId ResidualCheckpoints::mixture(Graph& graph, NodeId stream) const {
    if (kept_ == no_node) return stream;
    const Extents n = graph.at(kept_).ne;
    const std::int64_t count = n[1], tokens = n[2];
    // Each takes the next weight of its shape.
    const NodeId of_current = score(graph, stream);
    const NodeId of_earlier = score(graph, kept_);
    const NodeId scores = graph.concat(graph.reshape(of_earlier, {count, tokens, 1, 1}), of_current);
    const NodeId shares = graph.same_as(Op::soft_max, scores);
    const Extents nb = graph.at(shares).nb;
    const NodeId of_kept = graph.cont(graph.view(shares, {count, tokens, 1, 1}, nb));
    const NodeId of_stream = graph.cont(graph.view(shares, {1, tokens, 1, 1}, nb));
    const NodeId sum = graph.result(Op::weighted_sum, GgmlType::f32, {n[0], tokens, 1, 1}, {kept_, of_kept});
    return graph.same_as(Op::add, sum, graph.same_as(Op::mul, stream, of_stream));
}

void ResidualCheckpoints::keep(Graph& graph, NodeId stream) {
    const Extents& n = graph.at(stream).ne;
    const NodeId one = graph.reshape(stream, {n[0], 1, n[1], 1});
    if (kept_ == no_node) {
        kept_ = one;
        return;
    }
    Extents ne = graph.at(kept_).ne;
    ++ne[1];
    kept_ = graph.result(Op::concat, GgmlType::f32, ne, {kept_, one});
}

}  // namespace fitcalc::graph
