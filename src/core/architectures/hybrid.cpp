#include "hybrid.hpp"

#include "latent_attention.hpp"

namespace fitcalc::architectures {

bool without_kv_heads(const Dimensions& dims, std::size_t layer) {
    return dims.head_count_kv.known() && dims.head_count_kv.at(layer) == 0;
}

Attention attention_or_none(DimensionReader& read, std::size_t layer, bool attends) {
    if (attends) return full_attention(read, layer);
    const Dimensions& dims = read.dims();
    const PerLayer& kv_heads = dims.head_count_kv.known() ? dims.head_count_kv : dims.head_count;
    return NoAttention{dims.head_count.at(layer), kv_heads.at(layer)};
}

void add_mixer(TensorList& list, const ModelSpec& model, std::size_t layer) {
    const LayerSpec& spec = model.layers[layer];
    if (const auto* full = std::get_if<FullAttention>(&spec.attention)) {
        add_full_attention(list, model, layer, *full);
    } else if (const auto* latent = std::get_if<LatentAttention>(&spec.attention)) {
        add_latent_attention(list, model, layer, *latent);
    } else {
        list.layer_f32(layer, "attn_norm.weight", Shape{model.embedding_length});
        if (std::get<NoAttention>(spec.attention).linear)
            list.layer_weight(layer, "attn_output.weight", Shape{model.embedding_length, model.embedding_length});
    }
    if (spec.recurrent) add_recurrent(list, model, layer, *spec.recurrent);
}

TensorInventory hybrid_tensors(const ModelSpec& model) {
    TensorList list;
    add_outer_tensors(list, model);
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
        add_mixer(list, model, i);
        add_feed_forward(list, model, i, model.layers[i].feed_forward);
    }
    return std::move(list).take();
}

void set_delta_or_latent(ModelSpec& model, DimensionReader& read, const KimiDeltaAttention& delta, const LatentAttention& latent) {
    const Dimensions& dims = read.dims();
    if (!dims.head_count_kv.known()) read.reject("dimension 'attention.head_count_kv' is missing");
    for (std::size_t i = 0; i < model.layers.size() && !read.failed(); ++i) {
        LayerSpec& layer = model.layers[i];
        if (without_kv_heads(dims, i)) {
            layer.attention = attention_or_none(read, i, false);
            layer.recurrent = delta;
        } else {
            layer.attention = latent;
        }
    }
}

}  // namespace fitcalc::architectures
