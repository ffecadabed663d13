// MiMo-V2: experts after a dense layer; sliding windows with sinks and KV heads of their own in most layers; values shorter
// than keys. Its next-token blocks are dense and have windows.
// Source: llama.cpp de3ff81, src/models/mimo2.cpp. That sinks are in the windows' layers alone and next-token blocks are
// dense is as in the published checkpoints (0.33 billion parameters a block).
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {
namespace {

Result<ModelSpec> describe(const Dimensions& dims) {
    DimensionReader read{dims};
    const std::int64_t window = window_with_pattern(read);
    if (read.failed()) return tl::unexpected(read.error());
    return describe_transformer("mimo2", dims, {}).map([&](ModelSpec model) {
        set_listed_windows(model, dims, window);
        for (LayerSpec& layer : model.layers) {
            auto& attention = std::get<FullAttention>(layer.attention);
            attention.sinks = attention.window > 0;
        }
        make_next_token_blocks_dense(model, dims);
        return model;
    });
}

TensorInventory tensors(const ModelSpec& model) {
    TensorList list;
    add_outer_tensors(list, model);
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
        add_full_attention(list, model, i, std::get<FullAttention>(model.layers[i].attention));
        add_feed_forward(list, model, i, model.layers[i].feed_forward);
        if (model.layers[i].next_token) add_next_token(list, model, i, {.norm = "layer_output_norm.weight"});
    }
    return std::move(list).take();
}

}  // namespace

const Architecture mimo2{
    .name = "mimo2",
    .description = "MiMo-V2: experts, sliding windows with sinks in most layers, next-token blocks",
    .source = "llama.cpp de3ff81, src/models/mimo2.cpp",
    .describe = describe,
    .tensors = tensors,
};

}  // namespace fitcalc::architectures
