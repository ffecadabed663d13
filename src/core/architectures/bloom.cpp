// BLOOM: layer norms, biases everywhere, ALiBi instead of rotary positions.
// Source: llama.cpp de3ff81, src/models/bloom.cpp and conversion of the Hugging Face checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {

const Architecture bloom{
    .name = "bloom",
    .description = "BLOOM",
    .source = "llama.cpp de3ff81, src/models/bloom.cpp",
    .describe =
        [](const Dimensions& dims) {
            return describe_transformer("bloom", dims,
                                        {.attention_bias = true,
                                         .fused_qkv = true,
                                         .output_bias = true,
                                         .rope = false,
                                         .dense = {.gated = false, .bias = true},
                                         .norm = {.layer = true, .bias = true},
                                         .token_norm = true});
        },
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
