// Qwen 3: RMS norms on Q and K.
// Source: llama.cpp de3ff81, src/models/qwen3.cpp (tensors) and conversion of the Hugging Face checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {

const Architecture qwen3{
    .name = "qwen3",
    .description = "Qwen 3: RMS norms on Q and K",
    .describe = [](const Dimensions& dims) { return describe_transformer("qwen3", dims, {.qk_norm = QkNorm::head}); },
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
