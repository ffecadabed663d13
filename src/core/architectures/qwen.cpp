// Qwen 1: one matrix for Q, K and V with biases. Its feed-forward length counts gate and up together.
// Source: llama.cpp de3ff81, src/models/qwen.cpp and conversion of the Hugging Face checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {
namespace {

Result<ModelSpec> describe(const Dimensions& dims) {
    Dimensions halved = dims;
    if (dims.feed_forward_length.known()) halved.feed_forward_length = PerLayer{dims.feed_forward_length.at(0) / 2};
    return describe_transformer("qwen", halved, {.attention_bias = true, .fused_qkv = true});
}

}  // namespace

const Architecture qwen{
    .name = "qwen",
    .description = "Qwen 1",
    .source = "llama.cpp de3ff81, src/models/qwen.cpp",
    .describe = describe,
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
