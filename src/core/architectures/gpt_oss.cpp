// gpt-oss: sliding windows in every second layer, attention sinks, experts with biases that come in MXFP4.
// Source: llama.cpp de3ff81, src/models/openai-moe.cpp and conversion of the checkpoints, which are quantized already.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {
namespace {

constexpr std::uint32_t default_period = 2;

Result<ModelSpec> describe(const Dimensions& dims) {
    DimensionReader read{dims};
    const std::int64_t window = read.require("attention.sliding_window", dims.sliding_window);
    read.require("expert_count", dims.expert_count);
    if (dims.leading_dense_block_count.value_or(0) > 0 || dims.interleave_moe_layer_step.value_or(1) != 1)
        read.reject("gpt-oss has experts in every layer");
    if (read.failed()) return tl::unexpected(read.error());
    return describe_transformer("gpt-oss", dims, {.attention_bias = true}).map([&](ModelSpec model) {
        model.late_rows = true;
        set_windows(model, dims, window, default_period);
        for (LayerSpec& layer : model.layers) {
            auto& attention = std::get<FullAttention>(layer.attention);
            attention.output_bias = attention.sinks = true;
            auto& experts = std::get<ExpertFeedForward>(layer.feed_forward);
            experts.weights_norm = false;
            experts.weights_softmax = experts.bias = true;
            experts.source_type = GgmlType::mxfp4;
        }
        return model;
    });
}

// The norm between attention and experts goes by this name.
TensorInventory tensors(const ModelSpec& model) { return transformer_tensors(model, "post_attention_norm"); }

}  // namespace

const Architecture gpt_oss{
    .name = "gpt-oss",
    .description = "gpt-oss: sliding windows in every second layer, experts in MXFP4",
    .source = "llama.cpp de3ff81, src/models/openai-moe.cpp",
    .describe = describe,
    .tensors = tensors,
};

}  // namespace fitcalc::architectures
