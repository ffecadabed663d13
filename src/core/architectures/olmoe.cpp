// OLMoE: experts in every layer, RMS norms over the rows of Q and K.
// Source: llama.cpp de3ff81, src/models/olmoe.cpp and conversion of the Hugging Face checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {

const Architecture olmoe{
    .name = "olmoe",
    .description = "OLMoE: experts in every layer",
    .source = "llama.cpp de3ff81, src/models/olmoe.cpp",
    .describe =
        [](const Dimensions& dims) {
            return describe_transformer("olmoe", dims, {.qk_norm = QkNorm::whole, .expert_weights_norm = false});
        },
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
