// Ling and Ring 1: experts in every layer, shared experts, heads as long as the rotation.
// Source: llama.cpp de3ff81, src/models/bailingmoe.cpp and conversion of the Hugging Face checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {

const Architecture bailingmoe{
    .name = "bailingmoe",
    .description = "Ling 1",
    .source = "llama.cpp de3ff81, src/models/bailingmoe.cpp",
    .describe =
        [](const Dimensions& dims) {
            return describe_transformer("bailingmoe", dims, {.expert_weights_norm = false});
        },
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
