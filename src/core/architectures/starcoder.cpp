// StarCoder 1 and SantaCoder: GPT-2 with multi-query attention.
// Source: llama.cpp de3ff81, src/models/starcoder.cpp and conversion of the Hugging Face checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {

const Architecture starcoder{
    .name = "starcoder",
    .description = "StarCoder 1",
    .source = "llama.cpp de3ff81, src/models/starcoder.cpp",
    .describe =
        [](const Dimensions& dims) {
            TransformerTraits traits = gpt2_traits;
            traits.position_embeddings = true;
            return describe_transformer("starcoder", dims, traits);
        },
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
