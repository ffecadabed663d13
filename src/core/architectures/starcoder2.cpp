// StarCoder 2: layer norms, biases everywhere, a feed-forward network without gate.
// Source: llama.cpp de3ff81, src/models/starcoder2.cpp (tensors) and conversion of the Hugging Face checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {

const Architecture starcoder2{
    .name = "starcoder2",
    .description = "StarCoder 2: layer norms, biases, no gate",
    .source = "llama.cpp de3ff81, src/models/starcoder2.cpp",
    .describe =
        [](const Dimensions& dims) {
            return describe_transformer("starcoder2", dims,
                                        {.attention_bias = true,
                                         .output_bias = true,
                                         .dense = {.gated = false, .bias = true},
                                         .norm = {.layer = true, .bias = true}});
        },
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
