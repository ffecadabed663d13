// Llama 1-3, Mistral, Mixtral, Yi, SmolLM2 and their relatives.
// Source: llama.cpp de3ff81, src/models/llama.cpp (tensors) and conversion of the Hugging Face checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {

const Architecture llama{
    .name = "llama",
    .description = "Llama 1-3, Mistral, Mixtral, Yi, SmolLM2 and their relatives",
    .source = "llama.cpp de3ff81, src/models/llama.cpp",
    .describe = [](const Dimensions& dims) { return describe_transformer("llama", dims, {}); },
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
