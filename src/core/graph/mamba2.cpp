// Source: llama.cpp de3ff81, src/models/mamba-base.cpp (build_mamba2_layer), ggml/src/ggml.c (ggml_ssm_scan).
#include "recurrent.hpp"

namespace fitcalc::graph {

NodeId recurrent(const Context& context, std::int64_t embedding_length, const Mamba2& mamba, NodeId normed) {
    Graph& graph = context.graph;
    const std::int64_t tokens = context.batch.sequence_tokens(), sequences = context.batch.sequences;
    const std::int64_t head = mamba.inner_size / mamba.heads;
    const Extents heads{head, mamba.heads, tokens, sequences};

    const NodeId conv_states = state_memory(context, mamba.conv_values());
    const NodeId conv_state = load_states(context, conv_states);
    const NodeId projected = by_sequence(context, graph.weight_mul_mat(mamba.projected_values(), normed));
    const Extents row = graph.at(projected).nb;
    const NodeId z = graph.view(projected, heads, {4, checked_mul(4, head), row[1], row[2]});
    const NodeId inner = graph.view(projected, {mamba.conv_channels(), tokens, sequences, 1}, row);
    const NodeId steps = graph.view(projected, {mamba.heads, tokens, sequences, 1}, row);

    const NodeId extended = extend_with_state(context, conv_state, conv_states, inner);
    NodeId x_b_c = graph.with_weight(Op::add, convolve(context, extended), "ssm_conv1d.bias");
    x_b_c = graph.same_as(Op::unary, x_b_c);
    const Extents nb = graph.at(x_b_c).nb;
    const NodeId x = graph.view(x_b_c, heads, {4, checked_mul(4, head), nb[1], nb[2]});
    const Extents groups{mamba.state_size, mamba.groups, tokens, sequences};
    const Extents group_strides{4, checked_mul(4, mamba.state_size), nb[1], nb[2]};
    const NodeId b = graph.view(x_b_c, groups, group_strides);
    const NodeId c = graph.view(x_b_c, groups, group_strides);
    const NodeId dt = graph.with_weight(Op::add, graph.cont(steps), "ssm_dt.bias");

    // The scan reads the states where they are.
    const NodeId states = state_memory(context, mamba.state_values());
    clear_state(context, states);
    const NodeId state = graph.reshape(states, {mamba.state_size, head, mamba.heads, sequences});
    const std::int64_t values = checked_mul(mamba.inner_size, checked_mul(tokens, sequences));
    const NodeId scanned = graph.result(
        Op::ssm_scan, GgmlType::f32, {checked_add(values, checked_mul(mamba.state_values(), sequences)), 1, 1, 1},
        {state, x, dt, b, c, context.inputs.state_rows});
    graph.at(scanned).weighted = true;  // A
    graph.expand(scanned);
    move_other_states(context, states);
    store_states(context, states, graph.view(scanned, graph.at(states).ne, graph.at(states).nb));

    const NodeId y = graph.view(scanned, heads, contiguous_strides(GgmlType::f32, heads));
    const NodeId skipped = graph.same_as(Op::add, y, graph.with_weight(Op::mul, x, "ssm_d"));
    NodeId out = graph.same_as(Op::glu, graph.cont(z), skipped);
    if (mamba.norm) {
        out = graph.reshape(out, {mamba.inner_size / mamba.groups, mamba.groups, tokens, sequences});
        out = graph.with_weight(Op::mul, graph.same_as(Op::rms_norm, out), "ssm_norm.weight");
    }
    return graph.weight_mul_mat(embedding_length, graph.reshape(out, {mamba.inner_size, context.batch.tokens, 1, 1}));
}

}  // namespace fitcalc::graph
