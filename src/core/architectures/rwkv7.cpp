// RWKV-7: a matrix state per head instead of attention, channel mixing as feed-forward.
// Source: llama.cpp de3ff81, src/models/rwkv7.cpp, rwkv7-base.cpp.
#include "families.hpp"
#include "recurrent.hpp"

namespace fitcalc::architectures {
namespace {

Result<ModelSpec> describe(const Dimensions& dims) {
    DimensionReader read{dims};
    ModelSpec model = common_spec("rwkv7", read);
    for (std::size_t i = 0; i < model.layers.size() && !read.failed(); ++i) {
        const std::int64_t length = read.require("feed_forward_length", dims.feed_forward_length, i);
        model.layers[i] = {.attention = NoAttention{}, .feed_forward = DenseFeedForward{.length = length, .gated = false}, .recurrent = rwkv7_state(read, i)};
    }
    if (read.failed()) return tl::unexpected(read.error());
    return model;
}

void add_norm(TensorList& list, std::size_t layer, const std::string& name, std::int64_t d) {
    list.layer_f32(layer, name + ".weight", Shape{d});
    list.layer_f32(layer, name + ".bias", Shape{d});
}

TensorInventory tensors(const ModelSpec& model) {
    const std::int64_t d = model.embedding_length;
    TensorList list;
    add_outer_tensors(list, model);
    list.f32("output_norm.bias", Shape{d});
    list.f32("token_embd_norm.weight", Shape{d});
    list.f32("token_embd_norm.bias", Shape{d});
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
        add_norm(list, i, "attn_norm", d);
        add_norm(list, i, "attn_norm_2", d);
        add_recurrent(list, model, i, *model.layers[i].recurrent);
        const std::int64_t length = std::get<DenseFeedForward>(model.layers[i].feed_forward).length;
        list.layer_f32(i, "channel_mix_lerp_k.weight", Shape{d});
        list.layer_weight(i, "channel_mix_key.weight", Shape{d, length});
        list.layer_weight(i, "channel_mix_value.weight", Shape{length, d});
    }
    return std::move(list).take();
}

}  // namespace

const Architecture rwkv7{
    .name = "rwkv7",
    .description = "RWKV-7: a matrix state instead of attention",
    .source = "llama.cpp de3ff81, src/models/rwkv7.cpp",
    .describe = describe,
    .tensors = tensors,
};

}  // namespace fitcalc::architectures
