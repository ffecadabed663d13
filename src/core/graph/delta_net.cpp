// Sources: llama.cpp de3ff81, src/models/qwen3next.cpp, qwen35.cpp (build_layer_attn_linear), delta-net-base.cpp
// (build_delta_net_fused: GPU and CPU have the fused operation), ggml/src/ggml.c (ggml_gated_delta_net).
#include "recurrent.hpp"

namespace fitcalc::graph {
namespace {

struct BetaAndGate {
    NodeId beta, gate;
};

// Learning rates and decays, one of each per value head and token.
BetaAndGate beta_and_gate(const Context& context, const GatedDeltaNet& net, NodeId normed) {
    Graph& graph = context.graph;
    const std::int64_t tokens = context.batch.sequence_tokens(), sequences = context.batch.sequences;
    const Extents per_head{1, net.value_heads, tokens, sequences};
    NodeId beta = no_node, alpha = no_node;
    if (net.fused_beta_alpha) {
        const std::int64_t each = net.value_heads / net.key_heads;
        const NodeId both = graph.reshape(graph.weight_mul_mat(checked_mul(2, net.value_heads), normed),
                                          {checked_mul(2, each), net.key_heads, tokens, sequences});
        const Extents half{each, net.key_heads, tokens, sequences};
        const Extents nb = graph.at(both).nb;
        const NodeId b = graph.view(both, half, nb), a = graph.view(both, half, nb);
        beta = graph.same_as(Op::unary, graph.cont(b));
        alpha = graph.cont(a, {net.value_heads, tokens, sequences, 1});
    } else {
        beta = graph.same_as(Op::unary, graph.reshape(graph.weight_mul_mat(net.value_heads, normed), per_head));
        alpha = by_sequence(context, graph.weight_mul_mat(net.value_heads, normed));
    }
    alpha = graph.same_as(Op::unary, graph.same_as(Op::add, alpha));  // bias, softplus
    const NodeId gate = graph.same_as(Op::mul, alpha);
    return {net.fused_beta_alpha ? graph.reshape(beta, per_head) : beta, graph.reshape(gate, per_head)};
}

// Qwen3-Next copies each key head to its value heads; Qwen3.5's operation reads it where it is.
NodeId repeated(Graph& graph, const GatedDeltaNet& net, NodeId a) {
    if (!net.fused_beta_alpha || net.key_heads == net.value_heads) return a;
    const Extents n = graph.at(a).ne;
    const std::int64_t tokens = checked_mul(n[2], n[3]);
    const NodeId heads = graph.reshape(a, {n[0], 1, n[1], tokens});
    const NodeId copies =
        graph.result(Op::repeat, GgmlType::f32, {n[0], net.value_heads / net.key_heads, n[1], tokens}, {heads});
    return graph.reshape(copies, {n[0], net.value_heads, n[2], n[3]});
}

}  // namespace

NodeId recurrent(const Context& context, std::int64_t embedding_length, const GatedDeltaNet& net, NodeId normed) {
    Graph& graph = context.graph;
    const std::int64_t tokens = context.batch.sequence_tokens(), sequences = context.batch.sequences;
    const std::int64_t length = net.head_length;
    graph.expand(normed);

    const NodeId mixed = by_sequence(context, graph.weight_mul_mat(net.conv_channels(), normed));
    const NodeId z = graph.weight_mul_mat(net.value_values(), normed);
    const auto [beta, gate] = beta_and_gate(context, net, normed);

    const NodeId conv_states = state_memory(context, net.conv_values());
    const NodeId conv_state = load_states(context, conv_states);
    const NodeId extended = extend_with_state(context, conv_state, conv_states, mixed);
    const NodeId states = state_memory(context, net.state_values());
    const NodeId state = graph.reshape(load_states(context, states), {length, length, net.value_heads, sequences});

    const NodeId qkv = graph.same_as(Op::unary, convolve(context, extended));
    const Extents nb{4, checked_mul(4, length), graph.at(qkv).nb[1], graph.at(qkv).nb[2]};
    const Extents keys{length, net.key_heads, tokens, sequences}, heads{length, net.value_heads, tokens, sequences};
    NodeId q = graph.same_as(Op::l2_norm, graph.view(qkv, keys, nb));
    NodeId k = graph.same_as(Op::l2_norm, graph.view(qkv, keys, nb));
    const NodeId v = graph.view(qkv, heads, nb);
    q = repeated(graph, net, q);
    k = repeated(graph, net, k);

    // The result holds the outputs and, behind them, the new states.
    const std::int64_t rows = checked_add(context.batch.tokens, checked_mul(length, sequences));
    const NodeId result = graph.result(Op::gated_delta_net, GgmlType::f32, {net.value_values(), rows, 1, 1},
                                       {q, k, v, gate, beta, state});
    store_states(context, states, graph.view(result, graph.at(states).ne, graph.at(states).nb));

    const NodeId normed_out = norm(graph, graph.view(result, heads, contiguous_strides(GgmlType::f32, heads)));
    NodeId out = graph.same_as(Op::mul, normed_out, graph.same_as(Op::unary, graph.reshape(z, heads)));
    out = graph.weight_mul_mat(embedding_length, graph.reshape(out, {net.value_values(), tokens, sequences, 1}));
    return graph.reshape(out, {embedding_length, context.batch.tokens, 1, 1});
}

}  // namespace fitcalc::graph
