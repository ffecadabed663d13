// The language part of Qwen 2 VL and 2.5 VL: Qwen 2 with positions of four numbers.
// Source: llama.cpp de3ff81, src/models/qwen2vl.cpp and conversion of the Hugging Face checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {

const Architecture qwen2vl{
    .name = "qwen2vl",
    .description = "Qwen 2 VL and 2.5 VL without their vision towers",
    .source = "llama.cpp de3ff81, src/models/qwen2vl.cpp",
    .describe =
        [](const Dimensions& dims) {
            return describe_transformer("qwen2vl", dims, {.attention_bias = true, .position_values = 4});
        },
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
