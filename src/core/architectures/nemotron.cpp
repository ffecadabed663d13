// Nemotron 4 and Minitron: layer norms, squared ReLU without a gate.
// Source: llama.cpp de3ff81, src/models/nemotron.cpp and conversion of the Hugging Face checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {

const Architecture nemotron{
    .name = "nemotron",
    .description = "Nemotron 4 and Minitron: layer norms, no gate",
    .source = "llama.cpp de3ff81, src/models/nemotron.cpp",
    .describe =
        [](const Dimensions& dims) {
            return describe_transformer("nemotron", dims,
                                        {.dense = {.gated = false},
                                         .norm = {.layer = true, .bias = true}});
        },
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
