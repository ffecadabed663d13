// Apertus: RMS norms on Q and K, xIELU without a gate.
// Source: llama.cpp de3ff81, src/models/apertus.cpp and conversion of the Hugging Face checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {

const Architecture apertus{
    .name = "apertus",
    .description = "Apertus: RMS norms on Q and K, no gate",
    .source = "llama.cpp de3ff81, src/models/apertus.cpp",
    .describe =
        [](const Dimensions& dims) {
            return describe_transformer("apertus", dims, {.qk_norm = QkNorm::head, .dense = {.gated = false}});
        },
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
