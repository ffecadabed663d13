// Qwen 1.5 MoE and Qwen 2 MoE: experts in every layer, a gated shared expert.
// Source: llama.cpp de3ff81, src/models/qwen2moe.cpp and conversion of the Hugging Face checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {
namespace {

Result<ModelSpec> describe(const Dimensions& dims) {
    Dimensions known = dims;
    // As in llama.cpp where the file does not say.
    if (!known.expert_shared_feed_forward_length && dims.feed_forward_length.known())
        known.expert_shared_feed_forward_length = dims.feed_forward_length.at(0);
    return describe_transformer("qwen2moe", known,
                                {.attention_bias = true, .expert_shared_gate = true, .expert_weights_norm = false});
}

}  // namespace

const Architecture qwen2moe{
    .name = "qwen2moe",
    .description = "Qwen 1.5 MoE and Qwen 2 MoE",
    .source = "llama.cpp de3ff81, src/models/qwen2moe.cpp",
    .describe = describe,
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
