// Granite 3 with experts.
// Source: llama.cpp de3ff81, src/models/granite-moe.cpp, granite.cpp and conversion of the Hugging Face checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {

const Architecture granitemoe{
    .name = "granitemoe",
    .description = "Granite 3 with experts",
    .source = "llama.cpp de3ff81, src/models/granite-moe.cpp",
    .describe =
        [](const Dimensions& dims) {
            return describe_transformer("granitemoe", dims, {.scaled_embeddings = true});
        },
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
