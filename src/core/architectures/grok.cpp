// Grok 1 and 2: experts in every layer, norms before and after both parts; in Grok 2 a dense network beside the experts.
// Source: llama.cpp de3ff81, src/models/grok.cpp; src/llama-context.cpp (llama_init_from_model) on flash attention.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {
namespace {

Result<ModelSpec> describe(const Dimensions& dims) {
    Dimensions known = dims;
    // Where the experts' length is stated, the other one is that of the dense network.
    if (dims.expert_feed_forward_length && dims.feed_forward_length.known())
        known.expert_shared_feed_forward_length = dims.feed_forward_length.at(0);
    const TransformerTraits traits{.scaled_embeddings = true, .norms = NormPlacement::around};
    return describe_transformer("grok", known, traits).map([](ModelSpec model) {
        model.no_flash_attention = true;
        for (LayerSpec& layer : model.layers)
            if (auto* experts = std::get_if<ExpertFeedForward>(&layer.feed_forward)) experts->shared_dense = true;
        return model;
    });
}

// The norms after the parts go by other names.
TensorInventory tensors(const ModelSpec& model) {
    TensorInventory inventory = transformer_tensors(model);
    const auto rename = [](TensorName& name, std::string_view from, std::string_view to) {
        if (name.ends_with(from)) name = {name.view().substr(0, name.size() - from.size()), to};
    };
    for (Tensor& tensor : inventory.tensors) {
        rename(tensor.name, "post_attention_norm.weight", "attn_output_norm.weight");
        rename(tensor.name, "post_ffw_norm.weight", "layer_output_norm.weight");
    }
    return inventory;
}

}  // namespace

const Architecture grok{
    .name = "grok",
    .description = "Grok 1 and 2",
    .source = "llama.cpp de3ff81, src/models/grok.cpp",
    .describe = describe,
    .tensors = tensors,
};

}  // namespace fitcalc::architectures
