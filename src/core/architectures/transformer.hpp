// The plain decoder: full attention and a gated feed-forward network in every layer.
#pragma once

#include <string_view>

#include "builder.hpp"

namespace fitcalc::architectures {

struct TransformerTraits {
    QkNorm qk_norm = QkNorm::none;
    bool attention_bias = false;  // always there, whatever the dimensions say
    NormPlacement norms = NormPlacement::before;
    bool parallel = false;
};

Result<ModelSpec> describe_transformer(std::string_view architecture, const Dimensions& dims, TransformerTraits traits);
TensorInventory transformer_tensors(const ModelSpec& model);

}  // namespace fitcalc::architectures
