// The plain decoder: full attention and a gated feed-forward network in every layer.
#pragma once

#include <string_view>

#include "builder.hpp"

namespace fitcalc::architectures {

struct TransformerTraits {
    bool qk_norm = false;
    bool attention_bias = false;  // always there, whatever the dimensions say
};

Result<ModelSpec> describe_transformer(std::string_view architecture, const Dimensions& dims, TransformerTraits traits);
TensorInventory transformer_tensors(const ModelSpec& model);

}  // namespace fitcalc::architectures
