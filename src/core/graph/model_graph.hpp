// The whole graph: embedding lookup, layers, output stage.
#pragma once

#include <cstddef>
#include <vector>

#include "allocator.hpp"
#include "batch.hpp"

namespace fitcalc::graph {

struct GraphPlan {
    std::vector<Backend> layer_backends;  // one per layer of the model
    Backend output_backend = 0;
    Backend host = 1;
    // After how many units of equal layers the allocator is expected to be back in the same state. Units beyond a
    // few multiples of this are left out; none are if it exceeds the number of units.
    std::size_t stride = 1;
};

struct ModelGraph {
    Graph graph;
    std::vector<Repetition> left_out;  // where units were left out: the graph stands for the model if these repeat
};

ModelGraph build_graph(const ModelSpec& model, const Batch& batch, const GraphPlan& plan);

}  // namespace fitcalc::graph
