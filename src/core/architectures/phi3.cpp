// Phi 3, Phi 3.5 and Phi 4: one matrix for Q, K and V, one for gate and up.
// Source: llama.cpp de3ff81, src/models/phi3.cpp (which switches the sliding window of some of them off) and conversion
// of the Hugging Face checkpoints; Phi-3, arXiv:2404.14219 §2 (long contexts).
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {

const Architecture phi3{
    .name = "phi3",
    .description = "Phi 3, Phi 3.5 and Phi 4: fused attention and feed-forward matrices",
    .source = "llama.cpp de3ff81, src/models/phi3.cpp",
    .describe =
        [](const Dimensions& dims) {
            return describe_transformer("phi3", dims,
                                        {.fused_qkv = true,
                                         .dense = {.fused = true},
                                         .sum = LayerSum::attended_network});
        },
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
