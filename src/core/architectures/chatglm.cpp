// ChatGLM 2 and 3, GLM 4 9B: one matrix for Q, K and V, one for gate and up.
// Source: llama.cpp de3ff81, src/models/chatglm.cpp and conversion of the Hugging Face checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {

const Architecture chatglm{
    .name = "chatglm",
    .description = "ChatGLM 2 and 3, GLM 4 9B",
    .source = "llama.cpp de3ff81, src/models/chatglm.cpp",
    .describe =
        [](const Dimensions& dims) {
            return describe_transformer("chatglm", dims, {.fused_qkv = true, .dense = {.fused = true}});
        },
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
