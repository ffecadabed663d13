#include "recurrent.hpp"

namespace fitcalc::graph {

NodeId recurrent(const Context&, std::int64_t, const Rwkv7&, NodeId normed) { return normed; }
NodeId recurrent(const Context&, std::int64_t, const KimiDeltaAttention&, NodeId normed) { return normed; }

}  // namespace fitcalc::graph
