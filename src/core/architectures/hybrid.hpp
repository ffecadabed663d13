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

// The outer tensors, then every layer's mixer and feed-forward network.
TensorInventory hybrid_tensors(const ModelSpec& model);

// Kimi's layers: delta attention where the metadata gives no KV heads, latent attention in the others.
void set_delta_or_latent(ModelSpec& model, DimensionReader& read, const KimiDeltaAttention& delta, const LatentAttention& latent);

}  // namespace fitcalc::architectures
