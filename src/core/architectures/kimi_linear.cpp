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
    if (!dims.head_count_kv.known()) read.reject("dimension 'attention.head_count_kv' is missing");
    for (std::size_t i = 0; i < model.layers.size() && !read.failed(); ++i) {
        LayerSpec& layer = model.layers[i];
        if (without_kv_heads(dims, i)) {
            layer.attention = attention_or_none(read, i, false);
            layer.recurrent = delta;
        } else {
            layer.attention = latent;
        }
        layer.feed_forward = feed_forward(read, i);
        if (auto* experts = std::get_if<ExpertFeedForward>(&layer.feed_forward))
            experts->weights_norm = experts->probs_bias = true;
    }
    if (read.failed()) return tl::unexpected(read.error());
    return model;
}

TensorInventory tensors(const ModelSpec& model) {
    TensorList list;
    add_outer_tensors(list, model);
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
        add_mixer(list, model, i);
        add_feed_forward(list, model, i, model.layers[i].feed_forward);
    }
    return std::move(list).take();
}

}  // namespace

const Architecture kimi_linear{
    .name = "kimi-linear",
    .description = "Kimi Linear: delta attention, latent attention in every fourth layer, mixture of experts",
    .source = "llama.cpp de3ff81, src/models/kimi-linear.cpp",
    .describe = describe,
    .tensors = tensors,
};

}  // namespace fitcalc::architectures
