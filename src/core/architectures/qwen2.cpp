// Qwen 1.5, 2 and 2.5: biases on Q, K and V.
// Source: llama.cpp de3ff81, src/models/qwen2.cpp (tensors) and conversion of the Hugging Face checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {

const Architecture qwen2{
    .name = "qwen2",
    .description = "Qwen 1.5, 2 and 2.5: biases on Q, K and V",
    .source = "llama.cpp de3ff81, src/models/qwen2.cpp",
    .describe = [](const Dimensions& dims) { return describe_transformer("qwen2", dims, {.attention_bias = true}); },
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
