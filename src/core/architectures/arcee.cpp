// Arcee AFM: squared ReLU without a gate.
// Source: llama.cpp de3ff81, src/models/arcee.cpp and conversion of the Hugging Face checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {

const Architecture arcee{
    .name = "arcee",
    .description = "Arcee AFM: no gate",
    .source = "llama.cpp de3ff81, src/models/arcee.cpp",
    .describe =
        [](const Dimensions& dims) {
            return describe_transformer("arcee", dims, {.dense = {.gated = false}});
        },
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
