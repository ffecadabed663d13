#include "graph.hpp"

namespace fitcalc::graph {

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

Extents contiguous_strides(GgmlType type, const Extents& ne) {
    const auto& t = traits(type);
    Extents nb{t.block_bytes, 0, 0, 0};
    nb[1] = checked_mul(t.block_bytes, ne[0] / t.block_values);
    nb[2] = checked_mul(nb[1], ne[1]);
    nb[3] = checked_mul(nb[2], ne[2]);
    return nb;
}

void Node::set_sources(std::initializer_list<NodeId> ids) {
    source_count = 0;
    for (const NodeId id : ids)
        if (id != no_node) source_list[source_count++] = id;
}

NodeId Graph::add(Node node) {
    nodes_.push_back(node);
    return static_cast<NodeId>(nodes_.size() - 1);
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
    return id;
}

NodeId Graph::view(NodeId a, Extents ne, Extents nb) {
    Node node;
    node.op = Op::view;
    node.type = at(a).type;
    node.backend = at(a).backend;
    node.view_of = at(a).is_view() ? at(a).view_of : a;
    node.set_sources({a});
    node.ne = ne;
    node.nb = nb;
    return add(node);
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
    Node node;
    node.op = op;
    node.type = type;
    node.backend = current_;
    node.ne = ne;
    node.nb = contiguous_strides(type, ne);
    node.bytes = checked_mul(node.nb[3], ne[3]);
    node.set_sources(sources);
    return add(node);
}

NodeId Graph::same_as(Op op, NodeId a, NodeId b, NodeId c) {
    return result(op, at(a).type, at(a).ne, {a, b, c});
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

NodeId Graph::weight_mul_mat(std::int64_t rows, NodeId b) {
    const Extents& n = at(b).ne;
    return result(Op::mul_mat, GgmlType::f32, {rows, n[1], n[2], n[3]}, {b});
}

NodeId Graph::weight_mul_mat_id(std::int64_t rows, NodeId b, NodeId experts) {
    return result(Op::mul_mat_id, GgmlType::f32, {rows, at(experts).ne[0], at(b).ne[2], 1}, {b, experts});
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

void Graph::expand(NodeId id) {
    Node& node = at(id);  // nothing is added to nodes_ meanwhile
    if (node.visited) return;
    node.visited = true;
    for (const NodeId source : node.sources()) expand(source);
    (node.op == Op::none ? leafs_ : order_).push_back(id);
}

}  // namespace fitcalc::graph
