// Ministral 3 and Devstral 2.
// Source: llama.cpp de3ff81, src/models/mistral3.cpp and conversion of the Hugging Face checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {

const Architecture mistral3{
    .name = "mistral3",
    .description = "Ministral 3 and Devstral 2",
    .source = "llama.cpp de3ff81, src/models/mistral3.cpp",
    .describe = [](const Dimensions& dims) { return describe_transformer("mistral3", dims, {}); },
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
