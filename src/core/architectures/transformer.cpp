#include "transformer.hpp"

#include <algorithm>

namespace fitcalc::architectures {

Result<ModelSpec> describe_transformer(std::string_view architecture, const Dimensions& dims, TransformerTraits traits) {
    DimensionReader read{dims};
    ModelSpec model = common_spec(architecture, read);
    model.norm = traits.norm;
    const std::size_t decoding = model.layers.size() - std::min<std::size_t>(model.layers.size(),
                                                                             dims.nextn_predict_layers.value_or(0));
    for (std::size_t i = 0; i < model.layers.size() && !read.failed(); ++i) {
        FullAttention attention = full_attention(read, i);
        attention.qk_norm = traits.qk_norm;
        attention.qk_norm_row = traits.qk_norm_row;
        attention.fused = traits.fused_qkv;
        attention.rope = traits.no_rope_step == 0 || (i + 1) % traits.no_rope_step != 0;
        attention.bias = attention.bias || traits.attention_bias;
        attention.output_bias = traits.output_bias || dims.attention_output_bias.value_or(false);
        model.rope_length = dims.rope_dimension_count.value_or(static_cast<std::uint32_t>(attention.key_length));
        FeedForward network = feed_forward(read, i);
        if (auto* experts = std::get_if<ExpertFeedForward>(&network)) {
            // Most of these graphs always normalise the weights of the routed experts.
            experts->weights_norm = experts->weights_norm || traits.expert_weights_norm;
            experts->probs_bias = experts->probs_bias || traits.expert_probs_bias;
        } else {
            const std::int64_t length = std::get<DenseFeedForward>(network).length;
            network = traits.dense;
            std::get<DenseFeedForward>(network).length = length;
        }
        model.layers[i] = {attention, network, traits.residual_first, i >= decoding};
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
