// Mamba-2 and hybrids with it: Nemotron-H, Falcon-H1, Granite 4.
// Source: llama.cpp de3ff81, src/models/mamba2.cpp, nemotron-h.cpp, falcon-h1.cpp, granite-hybrid.cpp.
#include "families.hpp"
#include "hybrid.hpp"

namespace fitcalc::architectures {
namespace {

Result<ModelSpec> finish(ModelSpec model, const DimensionReader& read) {
    if (read.failed()) return tl::unexpected(read.error());
    return model;
}

void set_rope_length(ModelSpec& model, const Dimensions& dims) {
    model.rope_length = dims.rope_dimension_count.value_or(dims.key_length.value_or(0));
}

Result<ModelSpec> describe_mamba2(const Dimensions& dims) {
    DimensionReader read{dims};
    ModelSpec model = common_spec("mamba2", read);
    const Mamba2 state = mamba2_state(read, true);
    for (LayerSpec& layer : model.layers) layer = {.attention = NoAttention{}, .feed_forward = NoFeedForward{}, .recurrent = state};
    return finish(std::move(model), read);
}

FeedForward nemotron_network(DimensionReader& read, std::size_t layer) {
    const Dimensions& dims = read.dims();
    FeedForward network = feed_forward(read, layer);
    if (auto* experts = std::get_if<ExpertFeedForward>(&network)) {
        experts->gated = false;
        experts->squared = experts->probs_bias = true;
        experts->latent_length = dims.moe_latent_size.value_or(0);
        return network;
    }
    return DenseFeedForward{.length = dims.feed_forward_length.at(layer), .gated = false, .squared = true};
}

// Each layer is one of three: a state, attention, or a feed-forward network without a gate.
Result<ModelSpec> describe_nemotron_h(std::string_view architecture, const Dimensions& dims) {
    DimensionReader read{dims};
    ModelSpec model = common_spec(architecture, read);
    set_rope_length(model, dims);
    model.late_rows = true;
    const Mamba2 state = mamba2_state(read, true);
    for (std::size_t i = 0; i < model.layers.size() && !read.failed(); ++i) {
        LayerSpec& layer = model.layers[i];
        const bool feeds_forward = dims.feed_forward_length.at(i) > 0;
        const bool attends = !feeds_forward && !without_kv_heads(dims, i);
        layer.attention = attention_or_none(read, i, attends);
        layer.feed_forward = NoFeedForward{};
        if (auto* full = std::get_if<FullAttention>(&layer.attention)) {
            full->rope = false;
            full->output_bias = dims.attention_output_bias.value_or(false);
        }
        if (feeds_forward) layer.feed_forward = nemotron_network(read, i);
        if (!feeds_forward && !attends) layer.recurrent = state;
    }
    return finish(std::move(model), read);
}

// Attention and a state side by side in every layer.
Result<ModelSpec> describe_falcon_h1(const Dimensions& dims) {
    DimensionReader read{dims};
    ModelSpec model = common_spec("falcon-h1", read);
    set_rope_length(model, dims);
    const Mamba2 state = mamba2_state(read, dims.ssm_norm.value_or(false));
    for (std::size_t i = 0; i < model.layers.size() && !read.failed(); ++i)
        model.layers[i] = {.attention = full_attention(read, i), .feed_forward = feed_forward(read, i), .recurrent = state};
    return finish(std::move(model), read);
}

Result<ModelSpec> describe_granite_hybrid(const Dimensions& dims) {
    DimensionReader read{dims};
    ModelSpec model = common_spec("granitehybrid", read);
    set_rope_length(model, dims);
    const Mamba2 state = mamba2_state(read, true);
    for (std::size_t i = 0; i < model.layers.size() && !read.failed(); ++i) {
        LayerSpec& layer = model.layers[i];
        const bool attends = !without_kv_heads(dims, i);
        layer.attention = attention_or_none(read, i, attends);
        if (auto* full = std::get_if<FullAttention>(&layer.attention)) {
            full->rope = dims.rope_finetuned.value_or(true);
            full->output_bias = dims.attention_output_bias.value_or(false);
        }
        layer.feed_forward = feed_forward(read, i);
        if (auto* experts = std::get_if<ExpertFeedForward>(&layer.feed_forward)) experts->weights_norm = true;
        if (!attends) layer.recurrent = state;
    }
    return finish(std::move(model), read);
}

// Without a norm before the feed-forward network, or with one whose name has no ".weight" (Falcon-H1).
TensorInventory tensors_with_norm(const ModelSpec& model, std::string_view bare_norm = {}) {
    TensorList list;
    add_outer_tensors(list, model);
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
        add_mixer(list, model, i);
        if (!bare_norm.empty()) list.layer_f32(i, bare_norm, Shape{model.embedding_length});
        add_feed_forward(list, model, i, model.layers[i].feed_forward, "");
    }
    return std::move(list).take();
}

}  // namespace

const Architecture mamba2{
    .name = "mamba2",
    .description = "Mamba-2 without attention: Codestral Mamba",
    .source = "llama.cpp de3ff81, src/models/mamba2.cpp",
    .describe = describe_mamba2,
    .tensors = [](const ModelSpec& model) { return tensors_with_norm(model); },
};

const Architecture nemotron_h{
    .name = "nemotron_h",
    .description = "Nemotron-H and Nemotron Nano 2: Mamba-2, attention and feed-forward layers in turn",
    .source = "llama.cpp de3ff81, src/models/nemotron-h.cpp",
    .describe = [](const Dimensions& dims) { return describe_nemotron_h("nemotron_h", dims); },
    .tensors = [](const ModelSpec& model) { return tensors_with_norm(model); },
};

const Architecture nemotron_h_moe{
    .name = "nemotron_h_moe",
    .description = "Nemotron 3: Mamba-2, attention and experts in turn",
    .source = "llama.cpp de3ff81, src/models/nemotron-h.cpp",
    .describe = [](const Dimensions& dims) { return describe_nemotron_h("nemotron_h_moe", dims); },
    .tensors = [](const ModelSpec& model) { return tensors_with_norm(model); },
};

const Architecture falcon_h1{
    .name = "falcon-h1",
    .description = "Falcon-H1: attention and Mamba-2 side by side",
    .source = "llama.cpp de3ff81, src/models/falcon-h1.cpp",
    .describe = describe_falcon_h1,
    .tensors = [](const ModelSpec& model) { return tensors_with_norm(model, "ffn_norm"); },
};

const Architecture granitehybrid{
    .name = "granitehybrid",
    .description = "Granite 4.0 H: Mamba-2 with attention in a few layers",
    .source = "llama.cpp de3ff81, src/models/granite-hybrid.cpp",
    .describe = describe_granite_hybrid,
    .tensors = hybrid_tensors,
};

}  // namespace fitcalc::architectures
