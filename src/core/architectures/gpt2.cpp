// GPT-2: layer norms, biases everywhere, learned positions.
// Source: llama.cpp de3ff81, src/models/gpt2.cpp and conversion of the Hugging Face checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {

const Architecture gpt2{
    .name = "gpt2",
    .description = "GPT-2",
    .source = "llama.cpp de3ff81, src/models/gpt2.cpp",
    .describe =
        [](const Dimensions& dims) {
            TransformerTraits traits = gpt2_traits;
            traits.position_embeddings = true;
            return describe_transformer("gpt2", dims, traits);
        },
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
