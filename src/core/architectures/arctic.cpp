// Snowflake Arctic: a dense network as long as the embedding behind attention, and beside both a mixture of experts that
// reads the layer's input.
// Source: llama.cpp de3ff81, src/models/arctic.cpp and conversion of the Hugging Face checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {
namespace {

Result<ModelSpec> describe(const Dimensions& dims) {
    DimensionReader read{dims};
    read.require("expert_count", dims.expert_count);
    if (dims.leading_dense_block_count.value_or(0) > 0 || dims.interleave_moe_layer_step.value_or(1) != 1)
        read.reject("arctic has experts in every layer");
    if (read.failed()) return tl::unexpected(read.error());
    return describe_transformer("arctic", dims, {.sum = LayerSum::experts_on_input}).map([](ModelSpec model) {
        for (LayerSpec& layer : model.layers) {
            auto& experts = std::get<ExpertFeedForward>(layer.feed_forward);
            experts.shared_length = model.embedding_length;
            experts.shared_dense = true;
        }
        return model;
    });
}

TensorInventory tensors(const ModelSpec& model) {
    TensorInventory inventory = transformer_tensors(model);
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
        const auto layer = static_cast<std::int32_t>(i);
        inventory.tensors.emplace_back("blk." + std::to_string(i) + ".ffn_norm_exps.weight",
                                       Shape{model.embedding_length}, GgmlType::f32, layer);
    }
    return inventory;
}

}  // namespace

const Architecture arctic{
    .name = "arctic",
    .description = "Snowflake Arctic: experts beside a dense network",
    .source = "llama.cpp de3ff81, src/models/arctic.cpp",
    .describe = describe,
    .tensors = tensors,
};

}  // namespace fitcalc::architectures
