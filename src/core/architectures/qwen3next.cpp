// Qwen3-Next, Qwen3.5 and Qwen3.6: gated delta nets, with gated full attention in every fourth layer.
// Source: llama.cpp de3ff81, src/models/qwen3next.cpp, qwen35.cpp, qwen35moe.cpp. Qwen3.5's files hold the next-token
// (MTP) block, which attends.
#include <algorithm>

#include "families.hpp"
#include "hybrid.hpp"

namespace fitcalc::architectures {
namespace {

constexpr std::size_t default_interval = 4;

Result<ModelSpec> describe(std::string_view architecture, const Dimensions& dims, bool fused_beta_alpha) {
    DimensionReader read{dims};
    ModelSpec model = common_spec(architecture, read);
    mark_next_token_blocks(model, read);
    model.rope_length = read.require("rope.dimension_count", dims.rope_dimension_count);
    model.late_rows = true;
    if (!fused_beta_alpha) model.position_values = 4;  // Qwen3.5 sees pictures, whose positions have more axes
    const std::size_t interval = std::max<std::size_t>(1, dims.full_attention_interval.value_or(default_interval));
    const GatedDeltaNet delta_net = gated_delta_net(read, fused_beta_alpha);
    for (std::size_t i = 0; i < model.layers.size() && !read.failed(); ++i) {
        LayerSpec& layer = model.layers[i];
        const bool attends = layer.next_token || (i + 1) % interval == 0;
        layer.attention = attention_or_none(read, i, attends);
        if (auto* full = std::get_if<FullAttention>(&layer.attention)) {
            full->qk_norm = QkNorm::head;
            full->output_gate = true;
        }
        if (!attends) layer.recurrent = delta_net;
        layer.feed_forward = feed_forward(read, i);
        if (auto* experts = std::get_if<ExpertFeedForward>(&layer.feed_forward)) {
            experts->weights_norm = true;
            experts->shared_gate = experts->shared_length > 0;
        }
    }
    if (read.failed()) return tl::unexpected(read.error());
    return model;
}

TensorInventory tensors(const ModelSpec& model) {
    TensorList list;
    add_outer_tensors(list, model);
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
        add_mixer(list, model, i);
        add_feed_forward(list, model, i, model.layers[i].feed_forward, "post_attention_norm");
        if (model.layers[i].next_token) add_next_token(list, model, i, {});
    }
    return std::move(list).take();
}

}  // namespace

const Architecture qwen3next{
    .name = "qwen3next",
    .description = "Qwen3-Next: gated delta nets, attention in every fourth layer, mixture of experts",
    .source = "llama.cpp de3ff81, src/models/qwen3next.cpp",
    .describe = [](const Dimensions& dims) { return describe("qwen3next", dims, true); },
    .tensors = tensors,
};

const Architecture qwen35{
    .name = "qwen35",
    .description = "Qwen3.5 and 3.6, dense: gated delta nets, attention in every fourth layer",
    .source = "llama.cpp de3ff81, src/models/qwen35.cpp",
    .describe = [](const Dimensions& dims) { return describe("qwen35", dims, false); },
    .tensors = tensors,
};

const Architecture qwen35moe{
    .name = "qwen35moe",
    .description = "Qwen3.5 and 3.6 with experts: gated delta nets, attention in every fourth layer",
    .source = "llama.cpp de3ff81, src/models/qwen35moe.cpp",
    .describe = [](const Dimensions& dims) { return describe("qwen35moe", dims, false); },
    .tensors = tensors,
};

}  // namespace fitcalc::architectures
