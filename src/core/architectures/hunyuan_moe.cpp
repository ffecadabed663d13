// Hunyuan A13B: experts and a shared expert in every layer, RMS norms on Q and K after the rotation.
// Source: llama.cpp de3ff81, src/models/hunyuan-moe.cpp and conversion of the Hugging Face checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {
namespace {

Result<ModelSpec> describe(const Dimensions& dims) {
    Dimensions known = dims;
    // As in llama.cpp where the file does not say.
    if (!known.expert_shared_feed_forward_length && dims.feed_forward_length.known())
        known.expert_shared_feed_forward_length = dims.feed_forward_length.at(0);
    return describe_transformer("hunyuan-moe", known, {.qk_norm = QkNorm::head});
}

}  // namespace

const Architecture hunyuan_moe{
    .name = "hunyuan-moe",
    .description = "Hunyuan A13B",
    .source = "llama.cpp de3ff81, src/models/hunyuan-moe.cpp",
    .describe = describe,
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
