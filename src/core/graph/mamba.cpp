// Source: llama.cpp de3ff81, src/models/mamba-base.cpp (build_mamba_layer), ggml/src/ggml.c (ggml_ssm_scan).
#include "recurrent.hpp"

namespace fitcalc::graph {

NodeId recurrent(const Context& context, std::int64_t embedding_length, const Mamba& mamba, NodeId normed) {
    Graph& graph = context.graph;
    const std::int64_t tokens = context.batch.sequence_tokens(), sequences = context.batch.sequences;
    const std::int64_t inner = mamba.inner_size;
    const NodeId conv_states = state_memory(context, mamba.conv_values());
    const NodeId conv_state = load_states(context, conv_states);
    const NodeId projected = graph.weight_mul_mat(checked_mul(2, inner), by_sequence(context, normed));
    const Extents half{inner, tokens, sequences, 1};
    const NodeId x_part = graph.view(projected, half, graph.at(projected).nb);
    const NodeId z = graph.view(projected, half, graph.at(projected).nb);

    const NodeId extended = extend_with_state(context, conv_state, conv_states, x_part);
    NodeId x = graph.with_weight(Op::add, convolve(context, extended), "ssm_conv1d.bias");
    x = graph.same_as(Op::unary, x);

    const NodeId step_b_c = graph.weight_mul_mat(mamba.step_b_c_values(), x);
    const Extents row = graph.at(step_b_c).nb;
    NodeId step = graph.view(step_b_c, {mamba.step_rank, tokens, sequences, 1}, row);
    const Extents group{mamba.state_size, 1, tokens, sequences};
    const Extents group_strides{4, checked_mul(4, mamba.state_size), row[1], row[2]};
    NodeId b = graph.view(step_b_c, group, group_strides);
    NodeId c = graph.view(step_b_c, group, group_strides);
    if (mamba.norms) {
        const Norm kind{.weight = mamba.norm_weights};
        step = norm(graph, step, kind);
        b = norm(graph, b, kind);
        c = norm(graph, c, kind);
    } else {
        step = graph.cont(step);
    }
    const NodeId dt = graph.same_as(Op::add, graph.weight_mul_mat(inner, step));

    // The scan reads the states where they are; every channel is a head of its own.
    const NodeId states = state_memory(context, mamba.state_values());
    clear_state(context, states);
    const NodeId state = graph.reshape(states, {mamba.state_size, 1, inner, sequences});
    const NodeId heads = graph.reshape(x, {1, inner, tokens, sequences});
    const std::int64_t values = checked_mul(inner, checked_mul(tokens, sequences));
    const NodeId scanned = graph.result(
        Op::ssm_scan, GgmlType::f32, {checked_add(values, checked_mul(mamba.state_values(), sequences)), 1, 1, 1},
        {state, heads, dt, b, c, context.inputs.state_rows});
    graph.at(scanned).weighted = true;  // A
    graph.expand(scanned);
    move_other_states(context, states);
    store_states(context, states, graph.view(scanned, graph.at(states).ne, graph.at(states).nb));

    const NodeId y = graph.view(scanned, half, contiguous_strides(GgmlType::f32, half));
    const NodeId skipped = graph.same_as(Op::add, y, graph.same_as(Op::mul, x));
    NodeId out = graph.same_as(Op::glu, graph.cont(z), skipped);
    out = graph.weight_mul_mat(embedding_length, out);
    return graph.reshape(out, {embedding_length, context.batch.tokens, 1, 1});
}

}  // namespace fitcalc::graph
