// Sources: llama.cpp de3ff81, src/models/kimi-k3.cpp (build_kda_layer), kimi-linear.cpp, delta-net-base.cpp (build_delta_net_fused).
#include "recurrent.hpp"

namespace fitcalc::graph {

NodeId recurrent(const Context& context, std::int64_t embedding_length, const KimiDeltaAttention& delta, NodeId normed) {
    Graph& graph = context.graph;
    const std::int64_t tokens = context.batch.sequence_tokens(), sequences = context.batch.sequences;
    const std::int64_t all_tokens = context.batch.tokens;
    const Extents heads{delta.head_length, delta.heads, tokens, sequences};
    const Extents rows{delta.head_length, delta.heads, all_tokens, 1};
    const std::int64_t inner = delta.inner_size();
    graph.expand(normed);

    const NodeId conv_states = state_memory(context, delta.conv_values());
    const NodeId conv_state = load_states(context, conv_states);
    // Queries, keys and values have a third of the state each.
    const auto part_of = [&](std::string_view weight) {
        const Extents part{delta.conv_kernel - 1, inner, sequences, 1};
        const Extents nb{4, checked_mul(4, part[0]), checked_mul(4, delta.conv_values()), graph.at(conv_state).nb[2]};
        const NodeId before = graph.view(conv_state, part, nb);
        const NodeId projected = by_sequence(context, graph.weight_mul_mat(inner, normed));
        const NodeId extended = graph.concat(before, graph.transpose(projected));
        const NodeId last = graph.view(extended, part, graph.at(extended).nb);
        const NodeId target = graph.view(conv_states, part, nb);
        graph.expand(graph.in_memory_of(Op::cpy, target, {last, target}));
        const NodeId mixed = convolved(context, extended);
        graph.also_reads_view(mixed, weight);
        const NodeId flat = graph.reshape(mixed, {inner, all_tokens, 1, 1});
        return graph.reshape(graph.same_as(Op::unary, flat), heads);
    };
    NodeId q = part_of("ssm_conv1d_q.weight"), k = part_of("ssm_conv1d_k.weight");
    const NodeId v = part_of("ssm_conv1d_v.weight");

    NodeId decay = graph.weight_mul_mat(inner, graph.weight_mul_mat(delta.head_length, normed));
    decay = graph.same_as(Op::unary, graph.same_as(Op::add, decay));
    decay = graph.reshape(graph.same_as(Op::mul, graph.reshape(decay, rows)), heads);
    const NodeId rates = graph.weight_mul_mat(delta.heads, normed);
    const NodeId beta = graph.same_as(Op::unary, graph.reshape(rates, {1, delta.heads, tokens, sequences}));

    const NodeId states = state_memory(context, delta.state_values());
    const NodeId state = graph.reshape(load_states(context, states),
                                       {delta.head_length, delta.head_length, delta.heads, sequences});
    q = graph.same_as(Op::l2_norm, q);
    k = graph.same_as(Op::l2_norm, k);
    const std::int64_t result_rows = checked_add(all_tokens, checked_mul(delta.head_length, sequences));
    const NodeId result =
        graph.result(Op::gated_delta_net, GgmlType::f32, {inner, result_rows, 1, 1}, {q, k, v, decay, beta, state});
    store_states(context, states, graph.view(result, graph.at(states).ne, graph.at(states).nb));

    const NodeId out = graph.cont(graph.view(result, heads, contiguous_strides(GgmlType::f32, heads)));
    const NodeId flat = graph.reshape(by_sequence(context, normed), graph.at(normed).ne);
    const NodeId gate_from = delta.low_rank_gate ? graph.weight_mul_mat(delta.head_length, flat) : flat;
    const NodeId gate = graph.reshape(graph.weight_mul_mat(inner, gate_from), rows);
    const NodeId gated =
        graph.same_as(Op::mul, norm(graph, graph.reshape(out, rows)), graph.same_as(Op::unary, gate));
    return graph.weight_mul_mat(embedding_length, graph.cont(gated, {inner, all_tokens, 1, 1}));
}

}  // namespace fitcalc::graph
