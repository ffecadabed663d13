// OLMo 1: layer norms without weights.
// Source: llama.cpp de3ff81, src/models/olmo.cpp and conversion of the Hugging Face checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {

const Architecture olmo{
    .name = "olmo",
    .description = "OLMo 1: norms without weights",
    .source = "llama.cpp de3ff81, src/models/olmo.cpp",
    .describe =
        [](const Dimensions& dims) {
            return describe_transformer("olmo", dims, {.norm = {.layer = true, .weight = false}});
        },
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
