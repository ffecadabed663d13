// Gemma 3n: four residual streams (AltUp, arXiv:2301.13310), a low-rank learned residual (LAuReL, arXiv:2411.07501),
// sliding windows in four layers of five, a token embedding per layer; the last layers read an earlier layer's cache.
// Source: llama.cpp de3ff81, src/models/gemma3n.cpp and src/llama-hparams.h, which fix what the constants say.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {
namespace {

constexpr std::uint32_t default_period = 5;
constexpr std::size_t layers_with_cache = 20;
constexpr std::size_t sparse_layers = 10;
constexpr std::int64_t streams = 4;
constexpr std::int64_t laurel_rank = 64;
constexpr std::int64_t default_per_layer_length = 256;

Result<ModelSpec> describe(const Dimensions& dims) {
    DimensionReader read{dims};
    const std::int64_t window = read.require("attention.sliding_window", dims.sliding_window);
    const Dimension& own_length = dims.embedding_length_per_layer_input;
    const std::int64_t per_layer_length =
        own_length ? read.require("embedding_length_per_layer_input", own_length) : default_per_layer_length;
    if (dims.expert_count.value_or(0) > 0) read.reject("expert_count is given, but gemma3n has no experts");
    if (read.failed()) return tl::unexpected(read.error());
    const TransformerTraits traits{.qk_norm = QkNorm::head, .norms = NormPlacement::around};
    return describe_transformer("gemma3n", dims, traits).map([&](ModelSpec model) {
        model.scaled_embeddings = true;
        model.per_layer_length = per_layer_length;
        model.streams = streams;
        model.laurel_rank = laurel_rank;
        set_windows(model, dims, window, default_period);
        for (std::size_t i = 0; i < model.layers.size(); ++i) {
            auto& attention = std::get<FullAttention>(model.layers[i].attention);
            attention.value_norm = true;
            attention.own_cache = i < layers_with_cache;
            std::get<DenseFeedForward>(model.layers[i].feed_forward).sparse = i < sparse_layers;
        }
        return model;
    });
}

void add_stream_tensors(TensorList& list, const ModelSpec& model, std::size_t layer) {
    const std::int64_t d = model.embedding_length, n = model.streams, rank = model.laurel_rank;
    list.layer_f32(layer, "altup_correct_coef.weight", Shape{n, n});
    list.layer_f32(layer, "altup_correct_scale.weight", Shape{d});
    list.layer_f32(layer, "altup_predict_coef.weight", Shape{n, n * n});
    list.layer_weight(layer, "altup_router.weight", Shape{d, n});
    list.layer_f32(layer, "altup_router_norm.weight", Shape{d});
    list.layer_weight(layer, "laurel_l.weight", Shape{d, rank});
    list.layer_weight(layer, "laurel_r.weight", Shape{rank, d});
    list.layer_f32(layer, "laurel_post_norm.weight", Shape{d});
}

TensorInventory tensors(const ModelSpec& model) {
    const std::int64_t d = model.embedding_length;
    TensorList list;
    add_outer_tensors(list, model);
    list.weight("altup_proj.weight", Shape{d, d, model.streams - 1});
    list.weight("altup_unembd_proj.weight", Shape{d, d, model.streams - 1});
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
        add_full_attention(list, model, i, std::get<FullAttention>(model.layers[i].attention));
        add_feed_forward(list, model, i, model.layers[i].feed_forward);
        add_per_layer_input(list, model, i);
        add_stream_tensors(list, model, i);
    }
    return std::move(list).take();
}

}  // namespace

const Architecture gemma3n{
    .name = "gemma3n",
    .description = "Gemma 3n: four residual streams, sliding windows, shared caches",
    .source = "llama.cpp de3ff81, src/models/gemma3n.cpp",
    .describe = describe,
    .tensors = tensors,
};

}  // namespace fitcalc::architectures
