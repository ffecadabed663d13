// After the paper (arXiv:2510.26692) and llama.cpp's graph of its smaller sibling (src/models/kimi-linear.cpp), with the
// fused operation of the delta nets.
#include "recurrent.hpp"

namespace fitcalc::graph {

NodeId recurrent(const Context& context, std::int64_t embedding_length, const KimiDeltaAttention& delta, NodeId normed) {
    Graph& graph = context.graph;
    const std::int64_t tokens = context.batch.sequence_tokens(), sequences = context.batch.sequences;
    const Extents heads{delta.head_length, delta.heads, tokens, sequences};
    const std::int64_t inner = delta.inner_size();

    const NodeId conv_states = state_memory(context, delta.conv_values());
    const NodeId conv_state = load_states(context, conv_states);
    const std::int64_t third = delta.conv_values() / 3;
    const auto convolved = [&] {
        const NodeId projected = by_sequence(context, graph.weight_mul_mat(inner, normed));
        const NodeId own = graph.view(conv_state, {third, sequences, 1, 1}, graph.at(conv_state).nb);
        const NodeId before = graph.view(own, {delta.conv_kernel - 1, inner, sequences, 1}, graph.at(conv_state).nb);
        const NodeId extended = graph.concat(before, graph.transpose(projected));
        const NodeId last = graph.view(extended, graph.at(before).ne, graph.at(extended).nb);
        const NodeId target = graph.view(conv_states, graph.at(own).ne, graph.at(conv_states).nb);
        graph.expand(graph.in_memory_of(Op::cpy, target, {last, target}));
        return graph.reshape(graph.same_as(Op::unary, convolve(context, extended)), heads);
    };
    const NodeId q = graph.same_as(Op::l2_norm, convolved());
    const NodeId k = graph.same_as(Op::l2_norm, convolved());
    const NodeId v = convolved();
    NodeId decay = graph.weight_mul_mat(inner, graph.weight_mul_mat(delta.head_length, normed));
    decay = graph.same_as(Op::unary, graph.same_as(Op::add, decay));
    decay = graph.same_as(Op::mul, graph.reshape(decay, heads));
    const NodeId beta = graph.same_as(
        Op::unary, graph.reshape(graph.weight_mul_mat(delta.heads, normed), {1, delta.heads, tokens, sequences}));

    const NodeId states = state_memory(context, delta.state_values());
    const NodeId state = graph.reshape(load_states(context, states),
                                       {delta.head_length, delta.head_length, delta.heads, sequences});
    const std::int64_t rows = checked_add(context.batch.tokens, checked_mul(delta.head_length, sequences));
    const NodeId result =
        graph.result(Op::gated_delta_net, GgmlType::f32, {inner, rows, 1, 1}, {q, k, v, decay, beta, state});
    store_states(context, states, graph.view(result, graph.at(states).ne, graph.at(states).nb));

    const NodeId out = norm(graph, graph.view(result, heads, contiguous_strides(GgmlType::f32, heads)));
    const NodeId gate = graph.same_as(Op::unary, graph.reshape(graph.weight_mul_mat(inner, normed), heads));
    const NodeId gated = graph.reshape(graph.same_as(Op::mul, out, gate), {inner, context.batch.tokens, 1, 1});
    return graph.weight_mul_mat(embedding_length, gated);
}

}  // namespace fitcalc::graph
