// Source: llama.cpp de3ff81, src/llama-graph.cpp (build_ffn, build_moe_ffn).
#include "feed_forward.hpp"

namespace fitcalc::graph {
namespace {

// Only the experts of the groups with the best scores stay in the race.
NodeId mask_groups(Graph& graph, const ExpertFeedForward& experts, std::int64_t tokens, NodeId scores) {
    const std::int64_t size = experts.experts / experts.groups;
    const NodeId groups = graph.reshape(scores, {size, experts.groups, tokens, 1});
    const NodeId best_two = graph.argsort_top_k(groups, 2);
    NodeId group_scores = graph.get_rows(graph.reshape(groups, {1, size, experts.groups, tokens}), best_two);
    group_scores = graph.sum_rows(graph.reshape(group_scores, {2, experts.groups, tokens, 1}));
    group_scores = graph.reshape(group_scores, {experts.groups, tokens, 1, 1});
    const NodeId chosen = graph.argsort_top_k(group_scores, experts.groups_used);
    const NodeId kept = graph.get_rows(groups, chosen);
    const NodeId masked = graph.set_rows(graph.same_as(Op::fill, groups), kept, chosen);
    return graph.reshape(masked, {experts.experts, tokens, 1, 1});
}

// Each factor bounded by a tanh of its own, the gate besides by a sigmoid (SiTU).
NodeId bounded_product(Graph& graph, NodeId gate, NodeId up) {
    const auto bounded = [&](NodeId a) {
        return graph.same_as(Op::scale, graph.same_as(Op::unary, graph.same_as(Op::scale, a)));
    };
    const NodeId limited = graph.same_as(Op::mul, bounded(gate), graph.same_as(Op::unary, gate));
    return graph.same_as(Op::mul, limited, bounded(up));
}

struct Routing {
    NodeId experts;  // which ones, per token
    NodeId weights;
};

Routing route(const Context& context, const ExpertFeedForward& experts, NodeId normed, NodeId logits = no_node) {
    Graph& graph = context.graph;
    const std::int64_t tokens = graph.at(normed).ne[1];
    if (logits == no_node) logits = graph.weight_mul_mat(experts.experts, normed);
    if (experts.bias) logits = graph.same_as(Op::add, logits);
    // Softmax or sigmoid: both in place.
    const NodeId probs = experts.weights_softmax ? logits : graph.same_as(Op::unary, logits);
    NodeId scores = experts.weights_first ? logits : probs;
    if (experts.probs_bias) scores = graph.same_as(Op::add, probs);
    if (experts.groups > 1) scores = mask_groups(graph, experts, tokens, scores);

    NodeId selected;
    if (experts.by_token) {
        selected = graph.result(Op::get_rows, GgmlType::i32, {experts.used, tokens, 1, 1}, {context.inputs.tokens});
        graph.at(selected).weighted = true;
    } else {
        selected = graph.argsort_top_k(scores, experts.used);
    }
    NodeId weights = graph.get_rows(graph.reshape(probs, {1, experts.experts, tokens, 1}), selected);
    if (experts.weights_softmax) {
        weights = graph.same_as(Op::soft_max, graph.reshape(weights, {experts.used, tokens, 1, 1}));
        weights = graph.reshape(weights, {1, experts.used, tokens, 1});
    }
    if (experts.weights_norm) {
        weights = graph.reshape(weights, {experts.used, tokens, 1, 1});
        NodeId sum = graph.sum_rows(weights);
        sum = graph.in_memory_of(Op::clamp, sum, {sum});
        weights = graph.same_as(Op::div, weights, sum);
        weights = graph.reshape(weights, {1, experts.used, tokens, 1});
    }
    graph.expand(weights);
    return {selected, weights};
}

// The experts' matrices, with what follows each of them.
class RoutedExperts {
public:
    RoutedExperts(Graph& graph, const ExpertFeedForward& experts, NodeId selected)
        : graph_{graph}, experts_{experts}, selected_{selected} {}

    NodeId activated(NodeId a) {
        if (!experts_.gated) {
            const NodeId active = graph_.same_as(Op::unary, multiplied(experts_.length, a, "ffn_up_exps.weight"));
            return experts_.squared ? graph_.same_as(Op::unary, active) : active;
        }
        if (experts_.merged_gate_up) {
            const NodeId both = multiplied(checked_mul(2, experts_.length), a, "ffn_gate_up_exps.weight");
            const Extents ne = graph_.at(both).ne, nb = graph_.at(both).nb;
            const NodeId gate = graph_.view(both, {experts_.length, ne[1], ne[2], 1}, nb);
            const NodeId up = graph_.view(both, {experts_.length, ne[1], ne[2], 1}, nb);
            return graph_.same_as(Op::glu, gate, up);
        }
        const NodeId up = multiplied(experts_.length, a, "ffn_up_exps.weight");
        const NodeId gate = multiplied(experts_.length, a, "ffn_gate_exps.weight");
        if (experts_.bounded) return bounded_product(graph_, gate, up);
        return graph_.same_as(Op::glu, gate, up);
    }
    NodeId down(std::int64_t embedding_length, NodeId a) {
        const NodeId out = multiplied(embedding_length, a, "ffn_down_exps.weight");
        if (!experts_.expert_scales) return out;
        const NodeId factors = graph_.expert_scales(experts_.experts, graph_.at(selected_).ne[1]);
        return graph_.same_as(Op::mul, out, graph_.get_rows(factors, selected_));
    }

private:
    NodeId multiplied(std::int64_t rows, NodeId a, std::string_view name) {
        const NodeId product = graph_.weight_mul_mat_id(rows, a, selected_, name);
        return experts_.bias ? graph_.expert_bias(product, selected_) : product;
    }

    Graph& graph_;
    const ExpertFeedForward& experts_;
    NodeId selected_;
};

NodeId routed(const Context& context, const ExpertFeedForward& experts, const Routing& routing, NodeId normed) {
    Graph& graph = context.graph;
    const Extents shape = graph.at(normed).ne;
    NodeId each = graph.reshape(normed, {shape[0], 1, shape[1], 1});
    if (experts.weights_first) {
        each = graph.result(Op::repeat, GgmlType::f32, {shape[0], experts.used, shape[1], 1}, {each});
        each = graph.same_as(Op::mul, each, routing.weights);
    }
    RoutedExperts matrices{graph, experts, routing.experts};
    NodeId out = matrices.down(shape[0], matrices.activated(each));
    if (!experts.weights_first) out = graph.same_as(Op::mul, out, routing.weights);
    graph.expand(out);

    // One view per expert, all before the first sum.
    const std::int64_t token_stride = graph.at(out).nb[2];
    std::vector<NodeId> each_result(static_cast<std::size_t>(experts.used));
    for (NodeId& view : each_result) graph.expand(view = graph.view_2d(out, shape[0], shape[1], token_stride));
    NodeId sum = each_result.front();
    for (std::size_t i = 1; i < each_result.size(); ++i) {
        sum = graph.same_as(Op::add, sum, each_result[i]);
        graph.expand(sum);
    }
    return experts.used == 1 ? graph.cont(sum) : sum;
}

}  // namespace

NodeId feed_forward(const Context& context, const DenseFeedForward& dense, NodeId normed) {
    Graph& graph = context.graph;
    const auto matrix = [&](std::int64_t rows, NodeId a) {
        const NodeId product = graph.weight_mul_mat(rows, a);
        return dense.bias ? graph.same_as(Op::add, product) : product;
    };
    const Extents& shape = graph.at(normed).ne;
    const std::int64_t width = shape[0], tokens = shape[1];
    const NodeId up = matrix(dense.fused ? checked_mul(2, dense.length) : dense.length, normed);
    NodeId active = no_node;
    if (dense.fused)
        active = graph.result(Op::glu, GgmlType::f32, {dense.length, tokens, 1, 1}, {up});
    else if (dense.bounded)
        active = bounded_product(graph, matrix(dense.length, normed), up);
    else if (dense.gated)
        active = graph.same_as(Op::glu, matrix(dense.length, normed), up);
    else
        active = graph.same_as(Op::unary, up);
    if (dense.squared) active = graph.same_as(Op::unary, active);
    return matrix(width, active);
}

NodeId feed_forward(const Context& context, const ExpertFeedForward& experts, NodeId a, NodeId logits) {
    Graph& graph = context.graph;
    const DenseFeedForward shared_experts{.length = experts.shared_length,
                                          .gated = experts.gated,
                                          .squared = experts.squared,
                                          .bounded = experts.bounded};
    if (experts.own_norms) {
        const NodeId shared = norm(graph, feed_forward(context, shared_experts, norm(graph, a)));
        const Routing routing = route(context, experts, norm(graph, a));
        return graph.same_as(Op::add, shared, norm(graph, routed(context, experts, routing, norm(graph, a))));
    }
    const Routing routing = route(context, experts, a, logits);
    NodeId sum;
    if (experts.latent_length > 0) {
        // Experts that work in a smaller space.
        sum = routed(context, experts, routing, graph.weight_mul_mat(experts.latent_length, a));
        if (experts.latent_norm) sum = norm(graph, sum);
        sum = graph.weight_mul_mat(graph.at(a).ne[0], sum);
    } else {
        sum = routed(context, experts, routing, a);
    }
    if (experts.shared_length == 0) return sum;
    NodeId shared = feed_forward(context, shared_experts, a);
    if (experts.shared_gate)
        shared = graph.same_as(Op::mul, shared, graph.same_as(Op::unary, graph.weight_mul_mat(1, a)));
    return experts.shared_dense ? graph.same_as(Op::add, shared, sum) : graph.same_as(Op::add, sum, shared);
}

}  // namespace fitcalc::graph
