// Step 3.5 and 3.7 Flash: experts after leading dense layers, sliding windows in three layers of four that may have more
// heads, a gate for each head, next-token blocks with an output matrix.
// Source: llama.cpp de3ff81, src/models/step35.cpp.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {
namespace {

Result<ModelSpec> describe(const Dimensions& dims) {
    DimensionReader read{dims};
    const std::int64_t window = window_with_pattern(read);
    if (read.failed()) return tl::unexpected(read.error());
    const TransformerTraits traits{.qk_norm = dims.attention_qk_norm.value_or(true) ? QkNorm::head : QkNorm::none,
                                   .expert_probs_bias = true,
                                   .expert_weights_norm = false};
    return describe_transformer("step35", dims, traits).map([&](ModelSpec model) {
        model.late_rows_before_norm = true;
        set_listed_windows(model, dims, window);
        for (LayerSpec& layer : model.layers) std::get<FullAttention>(layer.attention).head_gate = true;
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
        if (model.layers[i].next_token)
            add_next_token(list, model, i, {.embedding = model.nextn_embeddings, .output = true});
    }
    return std::move(list).take();
}

}  // namespace

const Architecture step35{
    .name = "step35",
    .description = "Step 3.5 and 3.7 Flash: experts, sliding windows in three layers of four, a gate for each head",
    .source = "llama.cpp de3ff81, src/models/step35.cpp",
    .describe = describe,
    .tensors = tensors,
};

}  // namespace fitcalc::architectures
