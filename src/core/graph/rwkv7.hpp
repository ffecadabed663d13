// RWKV-7's layer: time mixing and channel mixing, each behind a layer norm.
#pragma once

#include "batch.hpp"

namespace fitcalc::graph {

// `first_values`: the first layer's values, which all others mix in; no_node before it.
NodeId rwkv7_layer(const Context& context, const Rwkv7& rwkv, std::int64_t feed_forward_length, bool last, NodeId input,
                   NodeId& first_values);
NodeId rwkv7_norm(Graph& graph, NodeId a);

}  // namespace fitcalc::graph
