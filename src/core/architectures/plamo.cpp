// PLaMo 1: attention and feed-forward network side by side.
// Source: llama.cpp de3ff81, src/models/plamo.cpp and conversion of the Hugging Face checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {

const Architecture plamo{
    .name = "plamo",
    .description = "PLaMo 1",
    .source = "llama.cpp de3ff81, src/models/plamo.cpp",
    .describe =
        [](const Dimensions& dims) {
            return describe_transformer("plamo", dims, {.sum = LayerSum::network_attention_x});
        },
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
