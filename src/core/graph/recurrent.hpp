// Recurrent blocks: from the normalised input of a layer to the output projection.
#pragma once

#include "batch.hpp"

namespace fitcalc::graph {

NodeId recurrent(const Context& context, std::int64_t embedding_length, const Mamba& mamba, NodeId normed);
NodeId recurrent(const Context& context, std::int64_t embedding_length, const Mamba2& mamba, NodeId normed);
NodeId recurrent(const Context& context, std::int64_t embedding_length, const GatedDeltaNet& net, NodeId normed);
NodeId recurrent(const Context& context, std::int64_t embedding_length, const KimiDeltaAttention& delta, NodeId normed);
NodeId recurrent(const Context& context, std::int64_t embedding_length, const ShortConvolution& conv, NodeId normed);

// A layer's states of one kind: a row of `values` F32 per sequence, outside the compute buffers.
NodeId state_memory(const Context& context, std::int64_t values);
// Clears the state of a sequence that begins.
void clear_state(const Context& context, NodeId states);
// Moves what this batch does not touch, after the others were read.
void move_other_states(const Context& context, NodeId states);
// Copies of the rows that this batch's sequences continue, everything above included.
NodeId load_states(const Context& context, NodeId states);
// Writes rows of `values` each, given in any shape, back.
void store_states(const Context& context, NodeId states, NodeId rows);

// {length, tokens} as {length, tokens of each sequence, sequences}.
NodeId by_sequence(const Context& context, NodeId a);
// Puts the last tokens of the state before those of the batch, {channels, tokens, sequences} along the tokens, and
// keeps the last of them all.
NodeId extend_with_state(const Context& context, NodeId state, NodeId states, NodeId channels);
// The convolution of that with a weight: {channels, tokens, sequences}.
NodeId convolve(const Context& context, NodeId extended, std::string_view weight = "ssm_conv1d.weight");
// Without the weight as yet.
NodeId convolved(const Context& context, NodeId extended);

}  // namespace fitcalc::graph
