// The whole graph: embedding lookup, layers, output stage.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "allocator.hpp"
#include "batch.hpp"

namespace fitcalc::graph {

// Where one layer lies.
struct LayerPlace {
    Backend backend = 0;   // its weights, but for
    Backend experts = 0;   // those of the routed experts
    Backend cache = 0;     // its own, or that of the earlier layer whose cache it reads
    std::span<const HostWeight> host_weights{};  // of these, what stays in host memory beside a device

    // Of weights in the same place of two layers of the same kind.
    static bool same_size(const HostWeight& a, const HostWeight& b) { return a.type == b.type && a.ne == b.ne; }
    friend bool operator==(const LayerPlace& a, const LayerPlace& b) {
        return a.backend == b.backend && a.experts == b.experts && a.cache == b.cache &&
               std::ranges::equal(a.host_weights, b.host_weights, same_size);
    }
};

struct GraphPlan {
    std::vector<LayerPlace> layers;  // one per layer of the model
    Backend output_backend = 0;
    std::span<const HostWeight> host_weights;  // likewise outside the layers
    Backend host = 1;
    // Within so many units of equal layers the allocator is expected to be back in a state that it was in before. Units
    // beyond those that show it are left out; none are if there are no more.
    std::size_t stride = 1;
};

struct ModelGraph {
    Graph graph;
    std::vector<Repetition> left_out;  // where units were left out: the graph stands for the model if these repeat
};

ModelGraph build_graph(const ModelSpec& model, const Batch& batch, const GraphPlan& plan);

}  // namespace fitcalc::graph
