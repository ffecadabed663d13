// Falcon 1: feed-forward network beside attention, which has a norm of its own in the larger models.
// Source: llama.cpp de3ff81, src/models/falcon.cpp and conversion of the Hugging Face checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {
namespace {

Result<ModelSpec> describe(const Dimensions& dims) {
    return describe_transformer("falcon", dims,
                                {.fused_qkv = true,
                                 .dense = {.gated = false},
                                 .norm = {.layer = true, .bias = true},
                                 .sum = LayerSum::network_attention_x,
                                 .attention_norm_2 = dims.attention_norm_2.value_or(false)});
}

}  // namespace

const Architecture falcon{
    .name = "falcon",
    .description = "Falcon 1",
    .source = "llama.cpp de3ff81, src/models/falcon.cpp",
    .describe = describe,
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
