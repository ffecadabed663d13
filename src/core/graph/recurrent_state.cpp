// Sources: llama.cpp de3ff81, src/llama-graph.cpp (build_rs), src/models/mamba-base.cpp, delta-net-base.cpp,
// ggml/src/ggml.c (ggml_ssm_conv).
#include "recurrent.hpp"

namespace fitcalc::graph {

NodeId state_memory(const Context& context, std::int64_t values) {
    const Extents rows{values, context.batch.sequences, 1, 1};
    return context.graph.reshape(context.graph.external(GgmlType::f32, rows), rows);
}

void clear_state(const Context& context, NodeId states) {
    Graph& graph = context.graph;
    const NodeId one = graph.view(states, {graph.at(states).ne[0], 1, 1, 1}, graph.at(states).nb);
    graph.expand(graph.in_memory_of(Op::scale, one, {one}));
}

void move_other_states(const Context& context, NodeId states) {
    Graph& graph = context.graph;
    const NodeId others = graph.get_rows(states, context.inputs.other_state_rows);
    const NodeId target = graph.view(states, {graph.at(states).ne[0], 0, 1, 1}, graph.at(states).nb);
    graph.expand(graph.in_memory_of(Op::cpy, target, {others, target}));
}

NodeId load_states(const Context& context, NodeId states) {
    clear_state(context, states);
    const NodeId rows = context.graph.get_rows(states, context.inputs.state_rows);
    context.graph.expand(rows);
    move_other_states(context, states);
    return rows;
}

void store_states(const Context& context, NodeId states, NodeId rows) {
    Graph& graph = context.graph;
    const NodeId target = graph.view(states, graph.at(states).ne, graph.at(states).nb);
    graph.expand(graph.in_memory_of(Op::cpy, target, {rows, target}));
}

NodeId by_sequence(const Context& context, NodeId a) {
    return context.graph.reshape(
        a, {context.graph.at(a).ne[0], context.batch.sequence_tokens(), context.batch.sequences, 1});
}

NodeId extend_with_state(const Context& context, NodeId state, NodeId states, NodeId channels) {
    Graph& graph = context.graph;
    const std::int64_t width = graph.at(channels).ne[0], sequences = context.batch.sequences;
    const std::int64_t kept = elements(graph.at(state).ne) / checked_mul(width, sequences);
    const NodeId before = graph.reshape(state, {kept, width, sequences, 1});
    const NodeId extended = graph.concat(before, graph.transpose(channels));
    store_states(context, states, graph.view(extended, {kept, width, sequences, 1}, graph.at(extended).nb));
    return extended;
}

NodeId convolved(const Context& context, NodeId extended) {
    const std::int64_t channels = context.graph.at(extended).ne[1];
    return context.graph.result(Op::ssm_conv, GgmlType::f32,
                                {channels, context.batch.sequence_tokens(), context.batch.sequences, 1}, {extended});
}

NodeId convolve(const Context& context, NodeId extended, std::string_view weight) {
    const NodeId id = convolved(context, extended);
    context.graph.at(id).weighted = true;
    context.graph.also_reads(id, weight);
    return id;
}

}  // namespace fitcalc::graph
