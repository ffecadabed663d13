// Pangu Embedded: a bias on the output projection, and on Q, K and V where the dimensions say so.
// Source: llama.cpp de3ff81, src/models/pangu-embed.cpp and conversion of the Hugging Face checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {

const Architecture pangu_embedded{
    .name = "pangu-embedded",
    .description = "Pangu Embedded",
    .source = "llama.cpp de3ff81, src/models/pangu-embed.cpp",
    .describe =
        [](const Dimensions& dims) {
            return describe_transformer("pangu-embedded", dims, {.output_bias = true});
        },
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
