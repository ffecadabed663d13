// Jais: GPT-2's layers with gated networks and ALiBi; the second generation has separate matrices for Q, K and V, rotary
// positions and squared ReLU without a gate.
// Source: llama.cpp de3ff81, src/models/jais.cpp, jais2.cpp and conversion of the Hugging Face checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {

const Architecture jais{
    .name = "jais",
    .description = "Jais, first generation",
    .source = "llama.cpp de3ff81, src/models/jais.cpp",
    .describe =
        [](const Dimensions& dims) {
            TransformerTraits traits = gpt2_traits;
            traits.dense.gated = true;
            return describe_transformer("jais", dims, traits);
        },
    .tensors = transformer_tensors,
};

const Architecture jais2{
    .name = "jais2",
    .description = "Jais 2",
    .source = "llama.cpp de3ff81, src/models/jais2.cpp",
    .describe =
        [](const Dimensions& dims) {
            TransformerTraits traits = gpt2_traits;
            traits.fused_qkv = false;
            traits.rope = true;
            return describe_transformer("jais2", dims, traits);
        },
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
