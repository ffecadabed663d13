// Llama-Nemotron (Super, Ultra, 51B): a Llama with a number of KV heads and a network length of its own in every layer;
// some have no attention, one matrix in its place, or no network.
// Source: llama.cpp de3ff81, src/models/deci.cpp.
#include "families.hpp"
#include "hybrid.hpp"

namespace fitcalc::architectures {
namespace {

Result<ModelSpec> describe(const Dimensions& dims) {
    DimensionReader read{dims};
    ModelSpec model = common_spec("deci", read);
    for (std::size_t i = 0; i < model.layers.size() && !read.failed(); ++i) {
        LayerSpec& layer = model.layers[i];
        const bool attends = dims.head_count.at(i) > 0 && !without_kv_heads(dims, i);
        layer.attention = attention_or_none(read, i, attends);
        if (auto* full = std::get_if<FullAttention>(&layer.attention)) {
            full->output_bias = dims.attention_output_bias.value_or(false);
            model.rope_length = dims.rope_dimension_count.value_or(static_cast<std::uint32_t>(full->key_length));
        } else {
            std::get<NoAttention>(layer.attention).linear = dims.head_count.at(i) > 0;
        }
        if (dims.feed_forward_length.at(i) > 0)
            layer.feed_forward = feed_forward(read, i);
        else
            layer.feed_forward = NoFeedForward{};
    }
    if (read.failed()) return tl::unexpected(read.error());
    return model;
}

TensorInventory tensors(const ModelSpec& model) {
    TensorList list;
    add_outer_tensors(list, model);
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
        const LayerSpec& layer = model.layers[i];
        const auto* none = std::get_if<NoAttention>(&layer.attention);
        if (none == nullptr || none->linear) add_mixer(list, model, i);
        add_feed_forward(list, model, i, layer.feed_forward);
    }
    return std::move(list).take();
}

}  // namespace

const Architecture deci{
    .name = "deci",
    .description = "Llama-Nemotron Super, Ultra and 51B: layers of different shapes",
    .source = "llama.cpp de3ff81, src/models/deci.cpp",
    .describe = describe,
    .tensors = tensors,
};

}  // namespace fitcalc::architectures
