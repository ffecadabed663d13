// Orion: layer norms.
// Source: llama.cpp de3ff81, src/models/orion.cpp and conversion of the Hugging Face checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {

const Architecture orion{
    .name = "orion",
    .description = "Orion: layer norms",
    .source = "llama.cpp de3ff81, src/models/orion.cpp",
    .describe =
        [](const Dimensions& dims) {
            return describe_transformer("orion", dims, {.norm = {.layer = true, .bias = true}});
        },
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
