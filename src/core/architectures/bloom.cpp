// BLOOM: layer norms, biases everywhere, ALiBi instead of rotary positions.
// Source: llama.cpp de3ff81, src/models/bloom.cpp and conversion of the Hugging Face checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {

const Architecture bloom{
    .name = "bloom",
    .description = "BLOOM",
    .source = "llama.cpp de3ff81, src/models/bloom.cpp",
    .describe =
        [](const Dimensions& dims) {
            TransformerTraits traits = gpt2_traits;
            traits.token_norm = true;
            return describe_transformer("bloom", dims, traits);
        },
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
