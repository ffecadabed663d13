// Residual streams that begin anew every few layers (Kimi K3): what was there before stays as a checkpoint, and each
// block reads a mixture of all checkpoints and the current stream, by scores that it learned.
#pragma once

#include "batch.hpp"

namespace fitcalc::graph {

class ResidualCheckpoints {
public:
    // What the next block reads instead of the stream itself; the stream while there are no checkpoints.
    NodeId mixture(Graph& graph, NodeId stream) const;
    void keep(Graph& graph, NodeId stream);

private:
    NodeId kept_ = no_node;  // {values, checkpoints, tokens}
};

}  // namespace fitcalc::graph
