#include "transformer.hpp"

namespace fitcalc::architectures {

Result<ModelSpec> describe_transformer(std::string_view architecture, const Dimensions& dims, TransformerTraits traits) {
    DimensionReader read{dims};
    ModelSpec model = common_spec(architecture, read);
    for (std::size_t i = 0; i < model.layers.size() && !read.failed(); ++i) {
        FullAttention attention = full_attention(read, i);
        attention.qk_norm = traits.qk_norm;
        attention.bias = attention.bias || traits.attention_bias;
        attention.output_bias = dims.attention_output_bias.value_or(false);
        model.rope_length = dims.rope_dimension_count.value_or(static_cast<std::uint32_t>(attention.key_length));
        FeedForward network = feed_forward(read, i);
        // These graphs always normalise the weights of the routed experts.
        if (auto* experts = std::get_if<ExpertFeedForward>(&network)) experts->weights_norm = true;
        model.layers[i] = {attention, network, false, traits.norms, traits.parallel};
    }
    if (read.failed()) return tl::unexpected(read.error());
    return model;
}

TensorInventory transformer_tensors(const ModelSpec& model) {
    TensorList list;
    add_outer_tensors(list, model);
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
        add_full_attention(list, model, i, std::get<FullAttention>(model.layers[i].attention));
        add_feed_forward(list, model, i, model.layers[i].feed_forward);
    }
    return std::move(list).take();
}

}  // namespace fitcalc::architectures
