#include "scheduler.hpp"

#include <algorithm>

#include "../gpu_allocation.hpp"

namespace fitcalc::graph {
namespace {

struct Copies {
    NodeId original;
    Backend backend;
    NodeId first;  // of `copies` nodes that follow each other; the first one is read
};

class Splitter {
public:
    Splitter(Graph& graph, int copies)
        : graph_{graph},
          copies_{copies},
          originals_{graph.size()},
          copied_(originals_ * (std::size_t{graph.host()} + 1), no_node) {}

    Schedule run();

private:
    void take_sources(NodeId node);
    bool opens_split(const Node& node);
    // The first of a tensor's copies on a backend; no_node before they are made.
    NodeId& copy_on(Backend backend, NodeId original) {
        return copied_[originals_ * backend + static_cast<std::size_t>(original)];
    }
    void keep(Node& node) const { node.input = node.output = true; }
    NodeId copy_to(NodeId original, Backend backend);
    void close_split(std::size_t end);
    void add_leafs();

    Graph& graph_;
    const int copies_;
    const std::size_t originals_;
    std::vector<NodeId> copied_;  // by backend and original
    Schedule schedule_;
    std::vector<Copies> crossing_;      // in order of splits and of discovery
    std::vector<Copies> graph_inputs_;  // pipelining: the originals' siblings; `first` is the first sibling
    std::size_t split_start_ = 0;       // first node of the split under way
    std::size_t split_copies_ = 0;      // first of its entries in crossing_
    Backend backend_ = 0;
};

NodeId Splitter::copy_to(NodeId original, Backend backend) {
    Node copy;
    copy.type = graph_.at(original).type;
    copy.backend = backend;
    copy.ne = graph_.at(original).ne;
    copy.nb = graph_.at(original).nb;
    copy.bytes = span_of(copy);
    if (backend != graph_.host()) copy.bytes += row_padding(copy.type, copy.ne[0]).count();
    if (copies_ > 1) keep(copy);
    return graph_.add(copy);
}

void Splitter::take_sources(NodeId node) {
    for (std::size_t i = 0; i < graph_.at(node).source_count; ++i) {
        const NodeId source = graph_.at(node).source_list[i];
        const Backend home = graph_.at(source).backend;
        if (graph_.at(source).input && copies_ > 1 &&
            std::ranges::none_of(graph_inputs_, [&](const Copies& c) { return c.original == source; })) {
            // The original serves as the first of its copies.
            keep(graph_.at(source));
            const NodeId first = copy_to(source, home);
            for (int c = 2; c < copies_; ++c) copy_to(source, home);
            graph_inputs_.push_back({source, home, first});
        }
        if (home == backend_) continue;
        if (copy_on(backend_, source) == no_node) {
            copy_on(backend_, source) = copy_to(source, backend_);
            for (int c = 1; c < copies_; ++c) copy_to(source, backend_);
            crossing_.push_back({source, backend_, copy_on(backend_, source)});
        }
        graph_.at(node).source_list[i] = copy_on(backend_, source);
    }
}

// A split that has inputs ends before an operation on a weight that has to be copied, so that copies of weights don't
// add up. There may be any number of inputs: DeepSeek-V4 with a quantized cache has 31 in one split.
bool Splitter::opens_split(const Node& node) {
    if (crossing_.size() == split_copies_) return false;
    return std::ranges::any_of(node.sources(), [&](NodeId source) {
        return graph_.at(source).backend != backend_ && graph_.at(source).weight;
    });
}

// A split begins with its copies: for each, a node that keeps the original alive until then, and the copy itself.
void Splitter::close_split(std::size_t end) {
    for (std::size_t i = split_copies_; i < crossing_.size(); ++i) {
        const Copies& copies = crossing_[i];
        const NodeId original = copies.original;
        Node keeper;
        keeper.view_of = graph_.at(original).is_view() ? graph_.at(original).view_of : original;
        keeper.backend = graph_.at(original).backend;
        keeper.set_sources({original});
        schedule_.nodes.push_back({graph_.add(keeper), keeper.backend});
        schedule_.nodes.push_back({copies.first, copies.backend});
    }
    for (; split_start_ < end; ++split_start_) {
        const NodeId node = graph_.order()[split_start_];
        schedule_.nodes.push_back({node, graph_.at(node).backend});
    }
    split_copies_ = crossing_.size();
}

// Copies come before the graph's own leafs, so that they are laid out first.
void Splitter::add_leafs() {
    if (copies_ > 1) {
        for (const Copies& input : graph_inputs_) {
            schedule_.leafs.push_back({input.original, input.backend});
            for (int c = 0; c + 1 < copies_; ++c) schedule_.leafs.push_back({input.first + c, input.backend});
        }
        for (const Copies& crossing : crossing_)
            for (int c = 0; c < copies_; ++c) schedule_.leafs.push_back({crossing.first + c, crossing.backend});
    }
    for (const NodeId leaf : graph_.leafs()) schedule_.leafs.push_back({leaf, graph_.at(leaf).backend});
}

Schedule Splitter::run() {
    schedule_.nodes.reserve(graph_.order().size() + 64);
    bool begun = false;
    for (std::size_t i = 0; i < graph_.order().size(); ++i) {
        const NodeId node = graph_.order()[i];
        if (graph_.at(node).op == Op::view) continue;
        if (begun && (graph_.at(node).backend != backend_ || opens_split(graph_.at(node)))) close_split(i);
        begun = true;
        backend_ = graph_.at(node).backend;
        take_sources(node);
    }
    close_split(graph_.order().size());
    add_leafs();
    return std::move(schedule_);
}

}  // namespace

Schedule schedule(Graph& graph, int copies) {
    return Splitter{graph, copies}.run();
}

}  // namespace fitcalc::graph
