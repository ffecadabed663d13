// Hybrids: attention in some layers, a recurrent state in the others.
#pragma once

#include "recurrent.hpp"

namespace fitcalc::architectures {

// True where the metadata gives a layer no KV heads.
bool without_kv_heads(const Dimensions& dims, std::size_t layer);

// The attention of a layer, or what its metadata says although it has none.
Attention attention_or_none(DimensionReader& read, std::size_t layer, bool attends);

// Norm and attention, or norm and recurrent part, or both parts behind one norm.
void add_mixer(TensorList& list, const ModelSpec& model, std::size_t layer);

}  // namespace fitcalc::architectures
