// Source: llama.cpp de3ff81, src/models/lfm2.cpp (build_shortconv_block).
#include "recurrent.hpp"

namespace fitcalc::graph {

NodeId recurrent(const Context& context, std::int64_t embedding_length, const ShortConvolution& conv, NodeId normed) {
    Graph& graph = context.graph;
    const Extents third{conv.channels, context.batch.sequence_tokens(), context.batch.sequences, 1};
    const NodeId projected = graph.weight_mul_mat(checked_mul(3, conv.channels), by_sequence(context, normed));
    const auto part = [&] { return graph.view(projected, third, graph.at(projected).nb); };
    const NodeId b = part(), c = part(), x = part();
    const NodeId gated = graph.same_as(Op::mul, b, x);
    const NodeId states = state_memory(context, conv.conv_values());
    const NodeId state = load_states(context, states);
    const NodeId extended = extend_with_state(context, state, states, gated);
    NodeId out = graph.same_as(Op::mul, c, convolve(context, extended, "shortconv.conv.weight"));
    out = graph.weight_mul_mat(embedding_length, out);
    return graph.reshape(out, {embedding_length, context.batch.tokens, 1, 1});
}

}  // namespace fitcalc::graph
