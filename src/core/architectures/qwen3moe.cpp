// Qwen 3 with a mixture of experts in every layer: RMS norms on Q and K.
// Source: llama.cpp de3ff81, src/models/qwen3moe.cpp (tensors) and conversion of the Hugging Face checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {

const Architecture qwen3moe{
    .name = "qwen3moe",
    .description = "Qwen 3 MoE and Qwen 3 Coder: experts in every layer, RMS norms on Q and K",
    .source = "llama.cpp de3ff81, src/models/qwen3moe.cpp",
    .describe =
        [](const Dimensions& dims) { return describe_transformer("qwen3moe", dims, {.qk_norm = QkNorm::head}); },
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
