// Phi 3.5 MoE and Phi mini MoE. Its graph is Phi 3's: RMS norms, though with biases.
// Source: llama.cpp de3ff81, src/models/phimoe.cpp, phi3.cpp and conversion of the Hugging Face checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {

const Architecture phimoe{
    .name = "phimoe",
    .description = "Phi 3.5 MoE",
    .source = "llama.cpp de3ff81, src/models/phimoe.cpp",
    .describe =
        [](const Dimensions& dims) {
            return describe_transformer("phimoe", dims,
                                        {.attention_bias = true,
                                         .output_bias = true,
                                         .norm = {.bias = true},
                                         .sum = LayerSum::attended_network,
                                         .vocabulary_bias = true});
        },
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
