// Command A with a mixture of experts: attention and experts side by side, sliding windows in three layers of four;
// positions in these and in the leading dense layers.
// Source: llama.cpp de3ff81, src/models/cohere2moe.cpp.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {
namespace {

Result<ModelSpec> describe(const Dimensions& dims) {
    DimensionReader read{dims};
    const std::int64_t window = window_with_pattern(read);
    if (read.failed()) return tl::unexpected(read.error());
    const TransformerTraits traits{.expert_weights_norm = false, .norm = {.layer = true}, .parallel = true};
    return describe_transformer("cohere2moe", dims, traits).map([&](ModelSpec model) {
        model.late_rows = true;
        set_listed_windows(model, dims, window, FullLayer::first);
        const std::size_t dense = dims.leading_dense_block_count.value_or(0);
        for (std::size_t i = 0; i < model.layers.size(); ++i) {
            auto& attention = std::get<FullAttention>(model.layers[i].attention);
            attention.rope = attention.window > 0 || i < dense;
        }
        return model;
    });
}

}  // namespace

const Architecture cohere2moe{
    .name = "cohere2moe",
    .description = "Command A with a mixture of experts: sliding windows in three layers of four",
    .source = "llama.cpp de3ff81, src/models/cohere2moe.cpp",
    .describe = describe,
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
