// Splits a graph where the device changes, and adds the copies that carry tensors across.
//
// Source: llama.cpp de3ff81, ggml/src/ggml-backend.cpp (ggml_backend_sched_split_graph). Which backend a tensor
// belongs to is decided by who builds the graph: layers run where their weights lie.
#pragma once

#include <vector>

#include "graph.hpp"

namespace fitcalc::graph {

// Pipeline parallelism keeps so many copies of the inputs (GGML_SCHED_MAX_COPIES).
inline constexpr int pipeline_copies = 4;

struct Slot {
    NodeId node;
    Backend backend;  // whose buffer the tensor goes to, if it needs one
};

struct Schedule {
    std::vector<Slot> leafs;
    std::vector<Slot> nodes;
};

// Adds the copies to the graph and makes their readers point to them.
Schedule schedule(Graph& graph, int copies = 1);

}  // namespace fitcalc::graph
