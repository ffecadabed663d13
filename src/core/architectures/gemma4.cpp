// Gemma 4: sliding windows with heads of another size than the full layers', some of which have no V matrix; the last
// layers of the small models read an earlier layer's cache and every layer has a token embedding of its own.
// Source: llama.cpp de3ff81, src/models/gemma4.cpp.
#include "builder.hpp"
#include "families.hpp"

namespace fitcalc::architectures {
namespace {

FullAttention attention(DimensionReader& read, std::size_t layer, std::int64_t window) {
    const Dimensions& dims = read.dims();
    FullAttention attention = full_attention(read, layer);
    attention.qk_norm = QkNorm::head;
    attention.value_norm = true;
    if (dims.sliding_window_pattern.at(layer) != 0) {
        attention.window = window;
        attention.key_length = read.require("attention.key_length_swa", dims.key_length_swa);
        attention.value_length = read.require("attention.value_length_swa", dims.value_length_swa);
    } else {
        attention.value_is_key = dims.attention_k_eq_v.value_or(false);
    }
    const std::size_t sharing = dims.shared_kv_layers.value_or(0);
    attention.own_cache = layer + sharing < dims.block_count.value_or(0);
    return attention;
}

// The dense network of a layer with experts serves as its shared expert.
FeedForward network(DimensionReader& read, std::size_t layer) {
    const Dimensions& dims = read.dims();
    FeedForward network = feed_forward(read, layer);
    if (auto* experts = std::get_if<ExpertFeedForward>(&network)) {
        experts->length = read.require("expert_feed_forward_length", dims.expert_feed_forward_length);
        experts->shared_length = read.require("feed_forward_length", dims.feed_forward_length, layer);
        experts->weights_norm = experts->merged_gate_up = experts->expert_scales = experts->own_norms = true;
    }
    return network;
}

Result<ModelSpec> describe(const Dimensions& dims) {
    DimensionReader read{dims};
    ModelSpec model = common_spec("gemma4", read);
    const std::int64_t window = window_with_pattern(read);
    if (dims.shared_kv_layers.value_or(0) >= dims.block_count.value_or(0))
        read.reject("attention.shared_kv_layers leaves no layer with a cache of its own");
    model.rope_length = read.require("attention.key_length", dims.key_length);
    model.rope_factors = model.scaled_embeddings = model.late_rows = true;
    model.per_layer_length = dims.embedding_length_per_layer_input.value_or(0);
    for (std::size_t i = 0; i < model.layers.size() && !read.failed(); ++i)
        model.layers[i] = {attention(read, i, window), network(read, i), false, NormPlacement::around, false};
    if (read.failed()) return tl::unexpected(read.error());
    return model;
}

TensorInventory tensors(const ModelSpec& model) {
    TensorList list;
    add_outer_tensors(list, model);
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
        add_full_attention(list, model, i, std::get<FullAttention>(model.layers[i].attention));
        add_feed_forward(list, model, i, model.layers[i].feed_forward);
        list.layer_f32(i, "layer_output_scale.weight", Shape{1});
        if (model.per_layer_length > 0) add_per_layer_input(list, model, i);
    }
    return std::move(list).take();
}

}  // namespace

const Architecture gemma4{
    .name = "gemma4",
    .description = "Gemma 4: sliding windows, shared caches, dense or mixture of experts",
    .source = "llama.cpp de3ff81, src/models/gemma4.cpp",
    .describe = describe,
    .tensors = tensors,
};

}  // namespace fitcalc::architectures
