// Hyper-connections (DeepSeek-V4), arXiv:2409.19606: each block reads a mixture of several residual streams, and its
// result is spread over them again, by weights that depend on the token.
#pragma once

#include "batch.hpp"

namespace fitcalc::graph {

struct StreamMixture {
    NodeId input;    // of the block: {values, tokens}
    NodeId post;     // how much of its result each stream gets
    NodeId combine;  // how the streams are mixed with each other
};

// The embeddings {values, tokens} become {values, streams, tokens}.
NodeId open_hyper_connections(Graph& graph, std::int64_t count, NodeId embedded);
StreamMixture mix_streams(Graph& graph, NodeId streams);
NodeId spread(Graph& graph, const StreamMixture& mixture, NodeId result, NodeId streams);
// The wanted tokens' streams become one.
NodeId close_hyper_connections(Graph& graph, NodeId streams, NodeId wanted);

}  // namespace fitcalc::graph
