// Kimi K3: delta attention with a decay per channel, gated latent attention in every fourth layer, experts that work on
// shorter rows, and scores that weigh earlier layers' residuals.
// Source: llama.cpp de3ff81, src/models/kimi-k3.cpp.
#include "families.hpp"
#include "hybrid.hpp"
#include "latent_attention.hpp"

namespace fitcalc::architectures {
namespace {

Result<ModelSpec> describe(const Dimensions& dims) {
    DimensionReader read{dims};
    ModelSpec model = common_spec("kimi-k3", read);
    LatentAttention latent = latent_attention(read);
    latent.output_gate = true;
    latent.rope = false;
    model.rope_length = latent.rope_length;
    model.residual_block = read.require("attn_res.block_size", dims.attn_res_block_size);
    const KimiDeltaAttention delta = kimi_delta_attention(read);
    set_delta_or_latent(model, read, delta, latent);
    for (std::size_t i = 0; i < model.layers.size() && !read.failed(); ++i) {
        LayerSpec& layer = model.layers[i];
        layer.feed_forward = feed_forward(read, i);
        if (auto* experts = std::get_if<ExpertFeedForward>(&layer.feed_forward))
            experts->weights_norm = experts->latent_norm = experts->bounded = true;
        else
            std::get<DenseFeedForward>(layer.feed_forward).bounded = true;
    }
    if (read.failed()) return tl::unexpected(read.error());
    return model;
}

TensorInventory tensors(const ModelSpec& model) {
    const Shape row{model.embedding_length};
    TensorList list;
    add_outer_tensors(list, model);
    list.f32("output_res_score.weight", row);
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
        add_mixer(list, model, i);
        add_feed_forward(list, model, i, model.layers[i].feed_forward);
        list.layer_f32(i, "attn_res_score.weight", row);
        list.layer_f32(i, "ffn_res_score.weight", row);
    }
    return std::move(list).take();
}

}  // namespace

const Architecture kimi_k3{
    .name = "kimi-k3",
    .description = "Kimi K3: delta attention, latent attention in every fourth layer, mixture of experts",
    .source = "llama.cpp de3ff81, src/models/kimi-k3.cpp",
    .describe = describe,
    .tensors = tensors,
};

}  // namespace fitcalc::architectures
