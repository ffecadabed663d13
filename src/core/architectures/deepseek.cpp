// DeepSeek MoE 16B: experts after leading dense layers, shared experts. DeepSeekMoE, arXiv:2401.06066 §3.
// Source: llama.cpp de3ff81, src/models/deepseek.cpp and conversion of the Hugging Face checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {

const Architecture deepseek{
    .name = "deepseek",
    .description = "DeepSeek MoE 16B",
    .source = "llama.cpp de3ff81, src/models/deepseek.cpp",
    .describe =
        [](const Dimensions& dims) {
            return describe_transformer("deepseek", dims, {.expert_weights_norm = false});
        },
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
