// Feed-forward blocks: from the normalised output of attention to what is added to it. Experts with
// norms of their own take it as it is.
#pragma once

#include "batch.hpp"

namespace fitcalc::graph {

NodeId feed_forward(const Context& context, const DenseFeedForward& dense, NodeId normed);
// `logits`: the router's, where it doesn't read `normed`.
NodeId feed_forward(const Context& context, const ExpertFeedForward& experts, NodeId normed, NodeId logits = no_node);

inline NodeId feed_forward(const Context&, const NoFeedForward&, NodeId normed) { return normed; }

}  // namespace fitcalc::graph
