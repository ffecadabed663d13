// Kimi Linear: delta attention with a decay per channel, latent attention without positions in every fourth layer, a
// mixture of experts.
// Source: llama.cpp de3ff81, src/models/kimi-linear.cpp.
#include "families.hpp"
#include "hybrid.hpp"
#include "latent_attention.hpp"

namespace fitcalc::architectures {
namespace {

Result<ModelSpec> describe(const Dimensions& dims) {
    DimensionReader read{dims};
    ModelSpec model = common_spec("kimi-linear", read);
    LatentAttention latent = latent_attention(read);
    latent.rope = false;
    model.rope_length = latent.rope_length;
    KimiDeltaAttention delta = kimi_delta_attention(read);
    delta.low_rank_gate = true;
    set_delta_or_latent(model, read, delta, latent);
    for (std::size_t i = 0; i < model.layers.size() && !read.failed(); ++i) {
        LayerSpec& layer = model.layers[i];
        layer.feed_forward = feed_forward(read, i);
        if (auto* experts = std::get_if<ExpertFeedForward>(&layer.feed_forward))
            experts->weights_norm = experts->probs_bias = true;
    }
    if (read.failed()) return tl::unexpected(read.error());
    return model;
}

}  // namespace

const Architecture kimi_linear{
    .name = "kimi-linear",
    .description = "Kimi Linear: delta attention, latent attention in every fourth layer, mixture of experts",
    .source = "llama.cpp de3ff81, src/models/kimi-linear.cpp",
    .describe = describe,
    .tensors = hybrid_tensors,
};

}  // namespace fitcalc::architectures
