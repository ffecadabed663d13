// Refact: ALiBi instead of rotary positions.
// Source: llama.cpp de3ff81, src/models/refact.cpp and conversion of the Hugging Face checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {

const Architecture refact{
    .name = "refact",
    .description = "Refact",
    .source = "llama.cpp de3ff81, src/models/refact.cpp",
    .describe =
        [](const Dimensions& dims) {
            return describe_transformer("refact", dims, {.rope = false});
        },
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
