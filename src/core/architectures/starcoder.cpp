// StarCoder 1 and SantaCoder: GPT-2 with multi-query attention.
// Source: llama.cpp de3ff81, src/models/starcoder.cpp and conversion of the Hugging Face checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {

const Architecture starcoder{
    .name = "starcoder",
    .description = "StarCoder 1",
    .source = "llama.cpp de3ff81, src/models/starcoder.cpp",
    .describe =
        [](const Dimensions& dims) {
            return describe_transformer("starcoder", dims,
                                        {.attention_bias = true,
                                         .fused_qkv = true,
                                         .output_bias = true,
                                         .rope = false,
                                         .dense = {.gated = false, .bias = true},
                                         .norm = {.layer = true, .bias = true},
                                         .position_embeddings = true});
        },
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
