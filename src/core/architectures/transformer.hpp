// The plain decoder: full attention and a gated feed-forward network in every layer.
#pragma once

#include <string_view>

#include "builder.hpp"

namespace fitcalc::architectures {

struct TransformerTraits {
    bool qk_norm = false;
    bool attention_bias = false;  // always there, whatever the dimensions say
    bool qk_norm_row = false;
    bool fused_qkv = false;
    bool output_bias = false;     // likewise
    std::uint32_t no_rope_step = 0;  // every so many layers one does without rotary positions; 0: none does
    DenseFeedForward dense;       // its kind; the length is the dimensions'
    bool expert_probs_bias = false;  // likewise
    bool expert_weights_norm = true;  // false: as the dimensions say
    Norm norm;
    bool residual_first = false;
};

Result<ModelSpec> describe_transformer(std::string_view architecture, const Dimensions& dims, TransformerTraits traits);
TensorInventory transformer_tensors(const ModelSpec& model);

}  // namespace fitcalc::architectures
