// Phi 1, 1.5 and 2: attention and feed-forward network side by side, biases everywhere.
// Source: llama.cpp de3ff81, src/models/phi2.cpp and conversion of the Hugging Face checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {

const Architecture phi2{
    .name = "phi2",
    .description = "Phi 1, 1.5 and 2",
    .source = "llama.cpp de3ff81, src/models/phi2.cpp",
    .describe =
        [](const Dimensions& dims) {
            return describe_transformer("phi2", dims,
                                        {.attention_bias = true,
                                         .output_bias = true,
                                         .dense = {.gated = false, .bias = true},
                                         .norm = {.layer = true, .bias = true},
                                         .sum = LayerSum::attention_network_x,
                                         .vocabulary_bias = true});
        },
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
