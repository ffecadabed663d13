// MiniMax M2: experts in every layer, one RMS norm over all heads of Q and one over those of K.
// Source: llama.cpp de3ff81, src/models/minimax-m2.cpp (tensors) and conversion of the Hugging Face checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {

const Architecture minimax_m2{
    .name = "minimax-m2",
    .description = "MiniMax M2: experts in every layer, RMS norms over the rows of Q and K",
    .source = "llama.cpp de3ff81, src/models/minimax-m2.cpp",
    .describe =
        [](const Dimensions& dims) {
            return describe_transformer("minimax-m2", dims, {.qk_norm = QkNorm::whole, .expert_probs_bias = true});
        },
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
