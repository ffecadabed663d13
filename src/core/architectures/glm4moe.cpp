// GLM 4.5, 4.6 and 4.7: experts after leading dense layers, biases on Q, K and V, a next-token block that the file
// keeps and the engine skips.
// Source: llama.cpp de3ff81, src/models/glm4-moe.cpp (tensors) and conversion of the Hugging Face checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {
namespace {

Result<ModelSpec> describe(const Dimensions& dims) {
    return describe_transformer("glm4moe", dims,
                                {.qk_norm = dims.attention_qk_norm.value_or(false) ? QkNorm::head : QkNorm::none,
                                 .expert_probs_bias = true,
                                 .expert_weights_norm = false});
}

// The norm before the network bears the name of one after attention.
TensorInventory tensors(const ModelSpec& model) { return transformer_tensors(model, "post_attention_norm"); }

}  // namespace

const Architecture glm4moe{
    .name = "glm4moe",
    .description = "GLM 4.5, 4.6 and 4.7: experts after leading dense layers, a next-token block",
    .source = "llama.cpp de3ff81, src/models/glm4-moe.cpp",
    .describe = describe,
    .tensors = tensors,
};

}  // namespace fitcalc::architectures
