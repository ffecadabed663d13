// Granite 3: Llama with scaled embeddings, residuals and logits.
// Source: llama.cpp de3ff81, src/models/granite.cpp and conversion of the Hugging Face checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {

const Architecture granite{
    .name = "granite",
    .description = "Granite 3, dense",
    .source = "llama.cpp de3ff81, src/models/granite.cpp",
    .describe =
        [](const Dimensions& dims) {
            return describe_transformer("granite", dims, {.scaled_embeddings = true});
        },
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
