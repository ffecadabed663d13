// Recurrent layers: their dimensions and their tensors.
#pragma once

#include "builder.hpp"

namespace fitcalc::architectures {

Mamba mamba_state(DimensionReader& read, bool norms, bool norm_weights);
Mamba2 mamba2_state(DimensionReader& read, bool norm);
GatedDeltaNet gated_delta_net(DimensionReader& read, bool fused_beta_alpha);
KimiDeltaAttention kimi_delta_attention(DimensionReader& read);
ShortConvolution short_convolution(DimensionReader& read);
Rwkv7 rwkv7_state(DimensionReader& read, std::size_t layer);

// The norm before them is the caller's.
void add_recurrent(TensorList& list, const ModelSpec& model, std::size_t layer, const Recurrent& recurrent);

}  // namespace fitcalc::architectures
