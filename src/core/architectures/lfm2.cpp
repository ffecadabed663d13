// LFM2: gated short convolutions with attention in some layers.
// Source: llama.cpp de3ff81, src/models/lfm2.cpp, lfm2moe.cpp.
#include <algorithm>

#include "families.hpp"
#include "hybrid.hpp"

namespace fitcalc::architectures {
namespace {

Result<ModelSpec> describe(std::string_view architecture, const Dimensions& dims) {
    DimensionReader read{dims};
    ModelSpec model = common_spec(architecture, read);
    model.residual_first = true;
    const ShortConvolution convolution = short_convolution(read);
    for (std::size_t i = 0; i < model.layers.size() && !read.failed(); ++i) {
        LayerSpec& layer = model.layers[i];
        const bool attends = !without_kv_heads(dims, i);
        layer.attention = attention_or_none(read, i, attends);
        if (auto* full = std::get_if<FullAttention>(&layer.attention)) {
            full->qk_norm = QkNorm::head;
            model.rope_length = dims.rope_dimension_count.value_or(static_cast<std::uint32_t>(full->key_length));
        }
        layer.feed_forward = feed_forward(read, i);
        if (auto* experts = std::get_if<ExpertFeedForward>(&layer.feed_forward))
            experts->weights_norm = experts->probs_bias = true;
        if (!attends) layer.recurrent = convolution;
    }
    if (read.failed()) return tl::unexpected(read.error());
    return model;
}

TensorInventory tensors(const ModelSpec& model) {
    TensorInventory inventory = hybrid_tensors(model);
    // The file calls the output norm by another name, one that is the embedding's elsewhere.
    const auto norm = std::ranges::find(inventory.tensors, "output_norm.weight", &Tensor::name);
    norm->name = "token_embd_norm.weight";
    return inventory;
}

}  // namespace

const Architecture lfm2{
    .name = "lfm2",
    .description = "LFM2: short convolutions with attention in some layers",
    .source = "llama.cpp de3ff81, src/models/lfm2.cpp",
    .describe = [](const Dimensions& dims) { return describe("lfm2", dims); },
    .tensors = tensors,
};

const Architecture lfm2moe{
    .name = "lfm2moe",
    .description = "LFM2 with experts: short convolutions with attention in some layers",
    .source = "llama.cpp de3ff81, src/models/lfm2moe.cpp",
    .describe = [](const Dimensions& dims) { return describe("lfm2moe", dims); },
    .tensors = tensors,
};

}  // namespace fitcalc::architectures
