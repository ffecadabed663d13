// GLM 4 0414 and GLM Z1: norms before and after attention and feed-forward network, gate and up in one matrix.
// Source: llama.cpp de3ff81, src/models/glm4.cpp and conversion of the Hugging Face checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {

const Architecture glm4{
    .name = "glm4",
    .description = "GLM 4 0414 and GLM Z1",
    .source = "llama.cpp de3ff81, src/models/glm4.cpp",
    .describe =
        [](const Dimensions& dims) {
            return describe_transformer("glm4", dims, {.dense = {.fused = true}, .norms = NormPlacement::around});
        },
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
