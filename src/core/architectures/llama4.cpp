// Llama 4: chunked attention in three layers of four, experts with a shared one in every or every second layer.
// Source: llama.cpp de3ff81, src/models/llama4.cpp.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {
namespace {

constexpr std::int64_t chunk = 8192;  // whatever the file says, unless it says 0
constexpr std::uint32_t default_period = 4;
constexpr std::int64_t experts_without_qk_norm = 128;  // Maverick
constexpr std::size_t layers_per_unrotated = 4;

FullAttention chunked_attention(FullAttention attention, const ModelSpec& model, std::size_t layer, bool chunks) {
    attention.chunked = attention.window > 0;
    // Without chunks, only the last layer is left unrotated.
    attention.rope = (layer + 1) % (chunks ? layers_per_unrotated : model.layers.size()) != 0;
    attention.position_scale = !attention.rope;
    if (attention.rope && model.experts() != experts_without_qk_norm) attention.qk_norm = QkNorm::after_rope;
    return attention;
}

Result<ModelSpec> describe(const Dimensions& dims) {
    DimensionReader read{dims};
    read.require("expert_count", dims.expert_count);
    read.require("expert_feed_forward_length", dims.expert_feed_forward_length);
    read.require("interleave_moe_layer_step", dims.interleave_moe_layer_step);
    if (read.failed()) return tl::unexpected(read.error());
    return describe_transformer("llama4", dims, {}).map([&](ModelSpec model) {
        const bool chunks = dims.sliding_window.value_or(1) > 0;
        if (chunks) set_windows(model, dims, chunk, default_period);
        for (std::size_t i = 0; i < model.layers.size(); ++i) {
            auto& attention = std::get<FullAttention>(model.layers[i].attention);
            attention = chunked_attention(attention, model, i, chunks);
            if (auto* experts = std::get_if<ExpertFeedForward>(&model.layers[i].feed_forward)) {
                experts->shared_length = experts->length;
                experts->weights_norm = false;
                experts->weights_first = true;
            }
        }
        return model;
    });
}

}  // namespace

const Architecture llama4{
    .name = "llama4",
    .description = "Llama 4: chunked attention in three layers of four, mixture of experts",
    .source = "llama.cpp de3ff81, src/models/llama4.cpp",
    .describe = describe,
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
