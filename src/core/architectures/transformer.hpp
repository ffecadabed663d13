// The plain decoder: full attention and a gated feed-forward network in every layer.
#pragma once

#include <string_view>

#include "builder.hpp"

namespace fitcalc::architectures {

struct TransformerTraits {
    QkNorm qk_norm = QkNorm::none;
    bool attention_bias = false;  // always there, whatever the dimensions say
    bool fused_qkv = false;
    bool output_bias = false;     // likewise
    bool rope = true;             // false: positions reach the model in another way
    std::uint32_t no_rope_step = 0;  // every so many layers one does without rotary positions; 0: none does
    DenseFeedForward dense{};     // its kind; the length is the dimensions'
    bool expert_probs_bias = false;  // always there, as attention_bias is
    bool expert_shared_gate = false;
    bool expert_weights_norm = true;  // false: as the dimensions say
    Norm norm{};
    LayerSum sum = LayerSum::network_attended;
    bool attention_norm_2 = false;
    // Before and after the layers.
    bool scaled_embeddings = false;
    bool token_norm = false;
    bool position_embeddings = false;
    std::int64_t position_values = 1;
    bool vocabulary_bias = false;
    NormPlacement norms = NormPlacement::before;
    bool parallel = false;
};

// GPT-2's kind: layer norms, biases everywhere, no gate, positions that aren't rotary.
inline constexpr TransformerTraits gpt2_traits{.attention_bias = true,
                                               .fused_qkv = true,
                                               .output_bias = true,
                                               .rope = false,
                                               .dense = {.gated = false, .bias = true},
                                               .norm = {.layer = true, .bias = true}};

Result<ModelSpec> describe_transformer(std::string_view architecture, const Dimensions& dims, TransformerTraits traits);
TensorInventory transformer_tensors(const ModelSpec& model);
// Some call the norm before the network by another name.
TensorInventory transformer_tensors(const ModelSpec& model, std::string_view network_norm);

}  // namespace fitcalc::architectures
