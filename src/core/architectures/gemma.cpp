// Gemma: heads longer than the embedding's share, scaled embeddings that are the output matrix too.
// Source: llama.cpp de3ff81, src/models/gemma.cpp.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {

const Architecture gemma{
    .name = "gemma",
    .description = "Gemma and CodeGemma",
    .source = "llama.cpp de3ff81, src/models/gemma.cpp",
    .describe =
        [](const Dimensions& dims) { return describe_transformer("gemma", dims, {.scaled_embeddings = true}); },
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
