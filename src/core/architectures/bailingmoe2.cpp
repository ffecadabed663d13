// Ling and Ring 2: experts after leading dense layers, RMS norms on Q and K, next-token blocks.
// Source: llama.cpp de3ff81, src/models/bailingmoe2.cpp and conversion of the Hugging Face checkpoints.
#include <algorithm>
#include <cstdint>

#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {
namespace {

Result<ModelSpec> describe(const Dimensions& dims) {
    Dimensions known = dims;
    // The length that the file states is that of one shared expert.
    if (dims.expert_shared_feed_forward_length && dims.expert_shared_count) {
        const std::uint64_t all = std::uint64_t{*dims.expert_shared_feed_forward_length} * *dims.expert_shared_count;
        known.expert_shared_feed_forward_length = static_cast<std::uint32_t>(std::min<std::uint64_t>(all, UINT32_MAX));
    }
    return describe_transformer("bailingmoe2", known,
                                {.qk_norm = QkNorm::head, .fused_qkv = true, .expert_weights_norm = false});
}

TensorInventory tensors(const ModelSpec& model) {
    TensorInventory inventory = transformer_tensors(model);
    for (std::size_t i = 0; i < model.layers.size(); ++i)
        if (model.layers[i].next_token)
            inventory.tensors.push_back({"blk." + std::to_string(i) + ".layer_output_norm.weight",
                                         Shape{model.embedding_length}, GgmlType::f32, static_cast<std::int32_t>(i)});
    return inventory;
}

}  // namespace

const Architecture bailingmoe2{
    .name = "bailingmoe2",
    .description = "Ling 2",
    .source = "llama.cpp de3ff81, src/models/bailingmoe2.cpp",
    .describe = describe,
    .tensors = tensors,
};

}  // namespace fitcalc::architectures
