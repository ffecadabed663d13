#include "graph.hpp"

#include <algorithm>

namespace fitcalc::graph {
namespace {

// Below so many tokens, an operation on weights in host memory runs on the host as well (GGML_OP_OFFLOAD_MIN_BATCH).
constexpr std::int64_t offloaded_batch = 32;

constexpr Backend undecided = 255;

constexpr std::int64_t any = -1;  // length of a weight's dimension

// Tokens that an operation works on (ggml/src/ggml-cuda/ggml-cuda.cu, get_op_batch_size).
std::int64_t batch_size(const Node& node) {
    switch (node.op) {
        case Op::get_rows: return 0;
        case Op::mul_mat: return node.ne[1];
        case Op::mul_mat_id:
        case Op::rope: return node.ne[2];
        default: return checked_mul(checked_mul(node.ne[1], node.ne[2]), node.ne[3]);
    }
}

}  // namespace

bool can_work_in_place(Op op) {
    switch (op) {
        case Op::add:
        case Op::add_id:
        case Op::div:
        case Op::fill:
        case Op::mul:
        case Op::rms_norm:
        case Op::rope:
        case Op::scale:
        case Op::soft_max:
        case Op::sub:
        case Op::unary: return true;
        default: return false;
    }
}

std::int64_t elements(const Extents& ne) {
    return checked_mul(checked_mul(ne[0], ne[1]), checked_mul(ne[2], ne[3]));
}

std::int64_t span_of(const Node& node) {
    const auto& t = traits(node.type);
    std::int64_t bytes = checked_mul(t.block_bytes, whole_blocks(t, node.ne[0]));
    for (std::size_t i = 1; i < node.ne.size(); ++i)
        bytes = checked_add(bytes, checked_mul(node.ne[i] - 1, node.nb[i]));
    return bytes;
}

void Node::set_sources(std::initializer_list<NodeId> ids) {
    source_count = 0;
    for (const NodeId id : ids)
        if (id != no_node) source_list[source_count++] = id;
}

NodeId Graph::add(const Node& node) {
    nodes_.add() = node;
    return last();
}

NodeId Graph::input(GgmlType type, Extents ne) {
    const NodeId id = result(Op::none, type, ne, {});
    at(id).backend = host_;
    at(id).input = true;
    return id;
}

NodeId Graph::external(GgmlType type, Extents ne) {
    const NodeId id = result(Op::none, type, ne, {});
    at(id).external = true;
    at(id).backend = cache_;
    return id;
}

void Graph::enter_layer(Backend cache, Backend experts, std::span<const HostWeight> weights) {
    cache_ = cache;
    experts_ = experts;
    weights_ = weights;
    taken_.assign(weights.size(), no_node);
}

NodeId Graph::leaf_of(const HostWeight& weight) {
    Node node;
    node.type = weight.type;
    node.backend = host_;
    node.external = node.weight = true;
    node.ne = weight.ne;
    node.nb = contiguous_strides(weight.type, weight.ne);
    return add(node);
}

NodeId Graph::take(std::size_t weight) {
    NodeId& leaf = taken_[weight];
    if (leaf == no_node) leaf = leaf_of(weights_[weight]);
    return leaf;
}

// Those that a layer has several of in one shape are named, or taken in the order of the file.
NodeId Graph::host_weight(Extents ne, std::string_view name) {
    const auto same_length = [](std::int64_t wanted, std::int64_t length) { return wanted == any || wanted == length; };
    const auto fits = [&](std::size_t i) {
        if (!name.empty()) return weights_[i].name == name;
        return taken_[i] == no_node && std::ranges::equal(ne, weights_[i].ne, same_length);
    };
    for (std::size_t i = 0; i < weights_.size(); ++i)
        if (fits(i)) return take(i);
    return name.empty() ? no_node : host_weight(ne, {});
}

NodeId Graph::named_weight(std::string_view name) {
    const auto found = std::ranges::find(weights_, name, &HostWeight::name);
    if (found == weights_.end()) return no_node;
    if (!name.starts_with("rope_")) return take(static_cast<std::size_t>(found - weights_.begin()));
    const auto known = std::ranges::find(shared_, name, &std::pair<std::string_view, NodeId>::first);
    if (known != shared_.end()) return known->second;
    return shared_.emplace_back(name, leaf_of(*found)).second;
}

void Graph::also_reads(NodeId id, std::string_view name) {
    if (const NodeId weight = named_weight(name); weight != no_node) at(id).add_source(weight);
}

void Graph::also_reads_view(NodeId id, std::string_view name) {
    const NodeId weight = named_weight(name);
    if (weight == no_node) return;
    const NodeId shown = view(weight, at(weight).ne, at(weight).nb);
    at(id).add_source(shown);
}

NodeId Graph::with_weight(Op op, NodeId a, std::string_view name) {
    const NodeId id = result(op, at(a).type, at(a).ne, {a});
    at(id).weighted = true;
    also_reads(id, name);
    return id;
}

NodeId Graph::view(NodeId a, Extents ne, Extents nb) {
    Node& node = nodes_.add();
    const Node& source = at(a);
    node.op = Op::view;
    node.type = source.type;
    node.backend = source.backend;
    node.view_of = source.is_view() ? source.view_of : a;
    node.set_sources({a});
    node.ne = ne;
    node.nb = nb;
    return last();
}

NodeId Graph::view_2d(NodeId a, std::int64_t length, std::int64_t rows, std::int64_t step) {
    const std::int64_t all = checked_mul(step, rows);
    return view(a, {length, rows, 1, 1}, {traits(at(a).type).block_bytes, step, all, all});
}

NodeId Graph::reshape(NodeId a, Extents ne) {
    return view(a, ne, contiguous_strides(at(a).type, ne));
}

NodeId Graph::permute(NodeId a, std::array<std::uint8_t, 4> axes) {
    Extents ne{}, nb{};
    for (std::size_t i = 0; i < axes.size(); ++i) {
        ne[axes[i]] = at(a).ne[i];
        nb[axes[i]] = at(a).nb[i];
    }
    return view(a, ne, nb);
}

NodeId Graph::transpose(NodeId a) {
    return permute(a, {1, 0, 2, 3});
}

NodeId Graph::result(Op op, GgmlType type, Extents ne, std::initializer_list<NodeId> sources) {
    Node& node = nodes_.add();
    node.op = op;
    node.type = type;
    node.backend = current_;
    node.ne = ne;
    node.nb = contiguous_strides(type, ne);
    node.bytes = checked_mul(node.nb[3], ne[3]);
    node.set_sources(sources);
    return last();
}

NodeId Graph::same_as(Op op, NodeId a, NodeId b, NodeId c) {
    const bool weighted = b == no_node && (op == Op::add || op == Op::mul);
    if (weighted && current_ == host_ && !weights_.empty()) b = host_weight({at(a).ne[0], 1, 1, 1}, {});
    const NodeId id = result(op, at(a).type, at(a).ne, {a, b, c});
    at(id).weighted = weighted;
    return id;
}

NodeId Graph::in_memory_of(Op op, NodeId a, std::initializer_list<NodeId> sources) {
    const NodeId id = view(a, at(a).ne, at(a).nb);
    at(id).op = op;
    at(id).set_sources(sources);
    return id;
}

NodeId Graph::get_rows(NodeId a, NodeId rows) {
    const Extents& r = at(rows).ne;
    return result(Op::get_rows, at(a).type, {at(a).ne[0], r[0], r[1], r[2]}, {a, rows});
}

NodeId Graph::set_rows(NodeId destination, NodeId values, NodeId rows) {
    return in_memory_of(Op::set_rows, destination, {values, rows, destination});
}

NodeId Graph::mul_mat(NodeId a, NodeId b) {
    const Extents& n = at(b).ne;
    return result(Op::mul_mat, GgmlType::f32, {at(a).ne[1], n[1], n[2], n[3]}, {a, b});
}

NodeId Graph::weight_mul_mat(std::int64_t rows, NodeId b, std::string_view name) {
    const Extents n = at(b).ne;
    NodeId weight = no_node;
    if (current_ == host_ && !weights_.empty()) weight = host_weight({n[0], rows, n[2], 1}, name);
    const NodeId id = result(Op::mul_mat, GgmlType::f32, {rows, n[1], n[2], n[3]}, {weight, b});
    at(id).weighted = true;
    return id;
}

NodeId Graph::weight_mul_mat_id(std::int64_t rows, NodeId b, NodeId experts, std::string_view name) {
    const Extents ne{rows, at(experts).ne[0], at(b).ne[2], 1};
    NodeId weight = no_node;
    if (experts_ == host_ && !weights_.empty()) weight = host_weight({at(b).ne[0], rows, any, 1}, name);
    const NodeId id = result(Op::mul_mat_id, GgmlType::f32, ne, {weight, b, experts});
    at(id).weighted = true;
    at(id).backend = experts_;
    return id;
}

NodeId Graph::expert_bias(NodeId a, NodeId experts) {
    NodeId weight = no_node;
    if (experts_ == host_ && !weights_.empty()) weight = host_weight({at(a).ne[0], any, 1, 1}, {});
    const NodeId id = same_as(Op::add_id, a, weight, experts);
    at(id).weighted = true;
    at(id).backend = experts_;
    return id;
}

NodeId Graph::expert_scales(std::int64_t experts, std::int64_t tokens) {
    NodeId weight = no_node;
    if (experts_ == host_ && !weights_.empty()) weight = host_weight({experts, 1, 1, 1}, {});
    const NodeId id = result(Op::repeat, GgmlType::f32, {1, experts, tokens, 1}, {weight});
    at(id).weighted = true;
    at(id).backend = experts_;
    return id;
}

NodeId Graph::argsort_top_k(NodeId a, std::int64_t k) {
    const NodeId sorted = result(Op::argsort, GgmlType::i32, at(a).ne, {a});
    const Extents& n = at(sorted).ne;
    return view(sorted, {k, n[1], n[2], n[3]}, at(sorted).nb);
}

NodeId Graph::concat(NodeId a, NodeId b) {
    Extents ne = at(a).ne;
    ne[0] = checked_add(ne[0], at(b).ne[0]);
    return result(Op::concat, at(a).type, ne, {a, b});
}

NodeId Graph::sum_rows(NodeId a) {
    Extents ne = at(a).ne;
    ne[0] = 1;
    return result(Op::sum_rows, at(a).type, ne, {a});
}

bool Graph::contiguous(NodeId id) const {
    const Node& node = at(id);
    const Extents packed = contiguous_strides(node.type, node.ne);
    for (std::size_t i = 0; i < packed.size(); ++i)
        if (node.ne[i] != 1 && node.nb[i] != packed[i]) return false;
    return true;
}

void Graph::settle_backends() {
    std::vector<NodeId> operations;
    operations.reserve(order_.size());
    for (const NodeId id : order_) {
        Node& node = at(id);
        if (node.op == Op::view) continue;
        operations.push_back(id);
        if (node.is_view() && at(node.view_of).external)
            node.backend = at(node.view_of).backend;
        else if (!node.weighted)
            node.backend = undecided;
        else if (node.backend == host_ && devices() && batch_size(node) >= offloaded_batch)
            node.backend = 0;
    }
    const auto spread = [&](auto first, auto last, bool devices_only) {
        Backend near = undecided;
        for (auto at_node = first; at_node != last; ++at_node) {
            Backend& backend = at(*at_node).backend;
            if (backend != undecided)
                near = devices_only && backend == host_ ? undecided : backend;
            else if (near != undecided)
                backend = near;
        }
    };
    for (const bool devices_only : {true, false}) {
        if (devices_only && !devices()) continue;
        spread(operations.begin(), operations.end(), devices_only);
        spread(operations.rbegin(), operations.rend(), devices_only);
    }
    for (const NodeId id : order_)
        if (Node& node = at(id); node.op == Op::view) node.backend = at(node.view_of).backend;
    // Memory of its own that nothing has filled lies where it is first used.
    for (auto id = order_.rbegin(); id != order_.rend(); ++id)
        for (const NodeId source : at(*id).sources())
            if (Node& leaf = at(source); leaf.op == Op::none && !leaf.input && !leaf.external && !leaf.is_view())
                leaf.backend = at(*id).backend;
}

void Graph::expand(NodeId id) {
    Node& node = at(id);
    if (node.visited) return;
    node.visited = true;
    for (const NodeId source : node.sources()) expand(source);
    (node.op == Op::none ? leafs_ : order_).push_back(id);
}

}  // namespace fitcalc::graph
