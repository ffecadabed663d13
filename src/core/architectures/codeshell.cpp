// CodeShell: layer norms and biases everywhere, grouped queries.
// Source: llama.cpp de3ff81, src/models/codeshell.cpp and conversion of the Hugging Face checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {

const Architecture codeshell{
    .name = "codeshell",
    .description = "CodeShell",
    .source = "llama.cpp de3ff81, src/models/codeshell.cpp",
    .describe =
        [](const Dimensions& dims) {
            TransformerTraits traits = gpt2_traits;
            traits.rope = true;
            return describe_transformer("codeshell", dims, traits);
        },
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
