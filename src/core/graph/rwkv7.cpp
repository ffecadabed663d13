// Sources: llama.cpp de3ff81, src/models/rwkv7.cpp, rwkv7-base.cpp, ggml/src/ggml.c (ggml_rwkv_wkv7).
#include "rwkv7.hpp"

#include "recurrent.hpp"

namespace fitcalc::graph {
namespace {

// Layer norm with weights and bias.
NodeId biased_norm(Graph& graph, NodeId a) {
    return graph.same_as(Op::add, graph.same_as(Op::mul, graph.same_as(Op::norm, a)));
}

NodeId concat_tokens(Graph& graph, NodeId a, NodeId b) {
    Extents ne = graph.at(a).ne;
    ne[1] = checked_add(ne[1], graph.at(b).ne[1]);
    return graph.result(Op::concat, GgmlType::f32, ne, {a, b});
}

struct TimeMix {
    const Context& context;
    const Rwkv7& rwkv;

    // Through a narrow matrix and back, with a non-linearity between if `squashed`.
    NodeId low_rank(std::int64_t rank, NodeId a, bool squashed) const {
        Graph& graph = context.graph;
        const NodeId narrow = graph.weight_mul_mat(rank, a);
        return graph.weight_mul_mat(rwkv.embedding_length, squashed ? graph.same_as(Op::unary, narrow) : narrow);
    }
    NodeId operator()(NodeId current, NodeId previous, NodeId& first_values) const;
};

NodeId TimeMix::operator()(NodeId current, NodeId previous, NodeId& first_values) const {
    Graph& graph = context.graph;
    const std::int64_t d = rwkv.embedding_length, tokens = context.batch.tokens, sequences = context.batch.sequences;
    const Extents heads{rwkv.head_length, rwkv.heads(), tokens, 1};
    constexpr std::int64_t mixes = 6;
    const auto unary = [&](NodeId a) { return graph.same_as(Op::unary, a); };

    const NodeId shift = graph.same_as(Op::sub, previous, current);
    const NodeId copies = graph.result(Op::repeat, GgmlType::f32,
                                       {d, context.batch.sequence_tokens(), sequences, mixes}, {shift});
    const NodeId mixed = graph.same_as(Op::add, graph.same_as(Op::mul, copies), current);
    const auto part = [&] { return graph.view(mixed, {d, tokens, 1, 1}, graph.at(mixed).nb); };
    const NodeId xr = part(), xw = part(), xk = part(), xv = part(), xa = part(), xg = part();

    NodeId r = graph.weight_mul_mat(d, xr);
    NodeId w = graph.same_as(Op::add, low_rank(rwkv.decay_rank, xw, true));
    w = unary(graph.same_as(Op::scale, unary(w)));
    NodeId k = graph.weight_mul_mat(d, xk);
    NodeId v = graph.weight_mul_mat(d, xv);
    if (first_values == no_node) {
        first_values = v;
    } else {
        const NodeId share = unary(graph.same_as(Op::add, low_rank(rwkv.value_rank, xv, false)));
        v = graph.same_as(Op::add, v, graph.same_as(Op::mul, graph.same_as(Op::sub, first_values, v), share));
    }
    const NodeId g = low_rank(rwkv.gate_rank, xg, true);
    NodeId a = unary(graph.same_as(Op::add, low_rank(rwkv.learning_rate_rank, xa, false)));

    const NodeId kk = graph.same_as(Op::l2_norm, graph.reshape(graph.same_as(Op::mul, k), heads));
    const NodeId ka = graph.same_as(Op::mul, k);
    k = graph.same_as(Op::add, k, graph.same_as(Op::sub, graph.same_as(Op::mul, a, ka), ka));
    for (NodeId* each : {&r, &w, &k, &v, &a}) *each = graph.reshape(*each, heads);

    const NodeId states = state_memory(context, rwkv.state_values());
    const NodeId state = load_states(context, states);
    const std::int64_t rows = checked_add(tokens, checked_mul(rwkv.head_length, sequences));
    const NodeId result = graph.result(Op::wkv7, GgmlType::f32, {d, rows, 1, 1},
                                       {r, w, k, v, unary(kk), graph.same_as(Op::mul, kk, a), state});
    NodeId out = graph.view(result, {checked_mul(d, tokens), 1, 1, 1}, graph.at(result).nb);
    store_states(context, states, graph.view(result, graph.at(states).ne, graph.at(states).nb));

    out = graph.same_as(Op::norm, graph.reshape(out, heads));
    out = graph.same_as(Op::add, graph.same_as(Op::mul, graph.reshape(out, {d, tokens, 1, 1})));
    const NodeId rk = graph.sum_rows(graph.same_as(Op::mul, graph.same_as(Op::mul, k, r)));
    out = graph.same_as(Op::add, out, graph.reshape(graph.same_as(Op::mul, v, rk), {d, tokens, 1, 1}));
    out = graph.weight_mul_mat(d, graph.same_as(Op::mul, out, g));
    return by_sequence(context, out);
}

}  // namespace

NodeId rwkv7_layer(const Context& context, const Rwkv7& rwkv, std::int64_t feed_forward_length, bool last, NodeId input,
                   NodeId& first_values) {
    Graph& graph = context.graph;
    const std::int64_t d = rwkv.embedding_length, sequences = context.batch.sequences;
    const Extents rows{d, context.batch.tokens, 1, 1}, one{d, 1, sequences, 1};
    const Extents all_but_one{d, context.batch.sequence_tokens() - 1, sequences, 1};
    const auto part = [&](NodeId a, const Extents& ne) { return graph.view(a, ne, graph.at(a).nb); };

    input = by_sequence(context, input);
    const NodeId shift_states = state_memory(context, rwkv.conv_values());
    const NodeId shift = graph.reshape(load_states(context, shift_states), {d, rwkv.token_shifts, sequences, 1});
    const NodeId mix_shift = part(shift, one), feed_shift = part(shift, one);

    const NodeId mix_norm = biased_norm(graph, input);
    NodeId previous = concat_tokens(graph, mix_shift, part(mix_norm, all_but_one));
    const NodeId mixed = TimeMix{context, rwkv}(mix_norm, previous, first_values);
    NodeId attended = graph.same_as(Op::add, mixed, input);
    NodeId normed = biased_norm(graph, attended);
    previous = concat_tokens(graph, feed_shift, part(normed, all_but_one));
    store_states(context, shift_states, part(concat_tokens(graph, part(mix_norm, one), part(normed, one)),
                                             {checked_mul(d, checked_mul(rwkv.token_shifts, sequences)), 1, 1, 1}));

    attended = graph.reshape(attended, rows);
    normed = graph.reshape(normed, rows);
    previous = graph.reshape(previous, rows);
    if (last)
        for (NodeId* each : {&attended, &normed, &previous}) *each = graph.get_rows(*each, context.inputs.out_ids);

    // Channel mixing: squared ReLU of what this token and the one before it give.
    const NodeId delta = graph.same_as(Op::sub, previous, normed);
    const NodeId key = graph.same_as(Op::add, graph.same_as(Op::mul, delta), normed);
    const NodeId wide = graph.same_as(Op::unary, graph.weight_mul_mat(feed_forward_length, key));
    return graph.same_as(Op::add, graph.weight_mul_mat(d, graph.same_as(Op::unary, wide)), attended);
}

NodeId rwkv7_norm(Graph& graph, NodeId a) { return biased_norm(graph, a); }

}  // namespace fitcalc::graph
