// Source: llama.cpp de3ff81, src/models/gemma3n.cpp.
#include "streams.hpp"

#include "attention.hpp"

namespace fitcalc::graph {
namespace {

NodeId magnitude(Graph& graph, NodeId a) {
    return graph.same_as(Op::unary, graph.sum_rows(graph.same_as(Op::unary, a)));
}

NodeId one_of(Graph& graph, NodeId streams) {
    const Node& all = graph.at(streams);
    return graph.view_2d(streams, all.ne[0], all.ne[1], all.nb[1]);
}

NodeId all_but_one(Graph& graph, NodeId streams) {
    const Node& all = graph.at(streams);
    return graph.view(streams, {all.ne[0], all.ne[1], all.ne[2] - 1, 1}, all.nb);
}

NodeId joined(Graph& graph, NodeId first, NodeId others) {
    const Extents ne = graph.at(others).ne;
    return graph.result(Op::concat, GgmlType::f32, {ne[0], ne[1], ne[2] + 1, 1}, {first, others});
}

// The others' projections, brought to the magnitude of the first.
NodeId projected(Graph& graph, NodeId others, NodeId first) {
    const NodeId target = magnitude(graph, first);
    const NodeId product = graph.weight_mul_mat(graph.at(others).ne[0], others);
    const NodeId reached = magnitude(graph, product);
    return graph.same_as(Op::div, graph.same_as(Op::mul, product, target), reached);
}

// How much of each stream goes into which, from one stream's state behind its norm.
NodeId mixture(Graph& graph, const ModelSpec& model, std::int64_t coefficients, NodeId normed) {
    const NodeId routed = graph.same_as(Op::unary, graph.weight_mul_mat(model.streams, normed));
    return graph.weight_mul_mat(coefficients, routed);
}

class StreamLayer {
public:
    StreamLayer(const Context& context, const ModelSpec& model, const LayerSpec& spec)
        : context_{context}, graph_{context.graph}, model_{model}, spec_{spec} {}

    NodeId predictions(Backend backend, NodeId streams);
    NodeId work(NodeId predicted);
    NodeId corrected(NodeId predictions, NodeId worked);
    NodeId with_own_embedding(NodeId streams, NodeId own);

private:
    NodeId laurel(NodeId normed);
    NodeId network(NodeId normed);
    NodeId sparse(NodeId gate);

    const Context& context_;
    Graph& graph_;
    const ModelSpec& model_;
    const LayerSpec& spec_;
};

// What has no weights stays on the device of the layer before, as in ModelGraphBuilder::normed_on.
NodeId StreamLayer::predictions(Backend backend, NodeId streams) {
    const Extents ne = graph_.at(streams).ne;
    const NodeId by_token = graph_.cont(graph_.permute(streams, {1, 2, 0, 3}), {ne[2], ne[0], ne[1], 1});
    const NodeId rms = graph_.same_as(Op::rms_norm, one_of(graph_, streams));
    graph_.run_on(backend);
    const NodeId mixed = mixture(graph_, model_, checked_mul(ne[2], ne[2]), graph_.same_as(Op::mul, rms));
    const NodeId mixed_by_token = graph_.mul_mat(by_token, graph_.reshape(mixed, {ne[2], ne[2], ne[1], 1}));
    const NodeId predicted = graph_.cont(graph_.permute(mixed_by_token, {0, 2, 1, 3}), ne);
    return graph_.same_as(Op::add, predicted, streams);
}

NodeId StreamLayer::laurel(NodeId normed) {
    const NodeId narrow = graph_.weight_mul_mat(model_.laurel_rank, normed);
    return graph_.same_as(Op::add, norm(graph_, graph_.weight_mul_mat(model_.embedding_length, narrow)), normed);
}

NodeId StreamLayer::sparse(NodeId gate) {
    const NodeId mean = graph_.sum_rows(gate);
    const NodeId deviation = magnitude(graph_, graph_.same_as(Op::sub, gate, mean));
    const NodeId cutoff = graph_.same_as(Op::add, mean, deviation);
    return graph_.same_as(Op::unary, graph_.same_as(Op::sub, gate, cutoff));
}

NodeId StreamLayer::network(NodeId normed) {
    const auto& dense = std::get<DenseFeedForward>(spec_.feed_forward);
    const NodeId up = graph_.weight_mul_mat(dense.length, normed);
    NodeId gate = graph_.weight_mul_mat(dense.length, normed);
    if (dense.sparse) gate = sparse(gate);
    gate = graph_.same_as(Op::unary, gate);
    return graph_.weight_mul_mat(model_.embedding_length, graph_.same_as(Op::mul, up, gate));
}

NodeId StreamLayer::work(NodeId predicted) {
    const NodeId normed = norm(graph_, predicted);
    const NodeId learned = laurel(normed);
    NodeId out = attention(context_, model_.embedding_length, std::get<FullAttention>(spec_.attention), normed);
    out = graph_.same_as(Op::add, norm(graph_, out), predicted);
    const NodeId attended = graph_.same_as(Op::add, out, learned);
    return graph_.same_as(Op::add, norm(graph_, network(norm(graph_, attended))), attended);
}

NodeId StreamLayer::corrected(NodeId predictions, NodeId worked) {
    const Extents ne = graph_.at(predictions).ne;
    const NodeId mixed = mixture(graph_, model_, ne[2], norm(graph_, worked));
    const NodeId innovation = graph_.same_as(Op::sub, worked, one_of(graph_, predictions));
    const NodeId factors = graph_.cont(graph_.transpose(mixed), {1, ne[1], ne[2], 1});
    const NodeId repeated = graph_.result(Op::repeat, GgmlType::f32, ne, {innovation});
    return graph_.same_as(Op::add, graph_.same_as(Op::mul, repeated, factors), predictions);
}

NodeId StreamLayer::with_own_embedding(NodeId streams, NodeId own) {
    const NodeId scaled = graph_.same_as(Op::mul, one_of(graph_, streams));
    const NodeId gate = graph_.same_as(Op::unary, graph_.weight_mul_mat(model_.per_layer_length, scaled));
    const NodeId gated = graph_.same_as(Op::mul, gate, own);
    const NodeId added = norm(graph_, graph_.weight_mul_mat(model_.embedding_length, gated));
    const NodeId others = graph_.same_as(Op::add, all_but_one(graph_, streams), added);
    return joined(graph_, one_of(graph_, streams), others);
}

}  // namespace

NodeId open_streams(Graph& graph, const ModelSpec& model, NodeId embedded) {
    const Extents ne = graph.at(embedded).ne;
    const NodeId repeated = graph.result(Op::repeat, GgmlType::f32, {ne[0], ne[1], model.streams - 1, 1}, {embedded});
    return joined(graph, embedded, projected(graph, repeated, embedded));
}

NodeId layer_on_streams(const Context& context, const ModelSpec& model, const LayerSpec& spec, Backend backend,
                        NodeId own, NodeId streams) {
    StreamLayer layer{context, model, spec};
    const NodeId predictions = layer.predictions(backend, streams);
    const NodeId worked = layer.work(one_of(context.graph, predictions));
    return layer.with_own_embedding(layer.corrected(predictions, worked), own);
}

NodeId close_streams(Graph& graph, const ModelSpec& model, NodeId streams) {
    const NodeId others = projected(graph, all_but_one(graph, streams), one_of(graph, streams));
    NodeId sum = one_of(graph, streams);
    for (std::int64_t i = 1; i < model.streams; ++i) sum = graph.same_as(Op::add, sum, one_of(graph, others));
    return sum;
}

}  // namespace fitcalc::graph
