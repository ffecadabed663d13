#include "transformer.hpp"

namespace fitcalc::architectures {

Result<ModelSpec> describe_transformer(std::string_view architecture, const Dimensions& dims, TransformerTraits traits) {
    DimensionReader read{dims};
    ModelSpec model = common_spec(architecture, read);
    model.norm = traits.norm;
    model.scaled_embeddings = traits.scaled_embeddings;
    model.token_norm = traits.token_norm;
    model.position_embeddings = traits.position_embeddings;
    model.position_values = traits.position_values;
    model.output_bias = traits.vocabulary_bias;
    mark_next_token_blocks(model, read);
    for (std::size_t i = 0; i < model.layers.size() && !read.failed(); ++i) {
        FullAttention attention = full_attention(read, i);
        attention.qk_norm = traits.qk_norm;
        attention.fused = traits.fused_qkv || dims.attention_fused.value_or(false);
        attention.rope = traits.rope && (traits.no_rope_step == 0 || (i + 1) % traits.no_rope_step != 0);
        attention.bias = attention.bias || traits.attention_bias;
        attention.output_bias = traits.output_bias || dims.attention_output_bias.value_or(false);
        model.rope_length = dims.rope_dimension_count.value_or(static_cast<std::uint32_t>(attention.key_length));
        FeedForward network = feed_forward(read, i);
        if (auto* experts = std::get_if<ExpertFeedForward>(&network)) {
            // Most of these graphs always normalise the weights of the routed experts.
            experts->weights_norm = experts->weights_norm || traits.expert_weights_norm;
            experts->shared_gate = traits.expert_shared_gate;
            experts->probs_bias = experts->probs_bias || traits.expert_probs_bias;
        } else {
            DenseFeedForward dense = traits.dense;
            dense.length = std::get<DenseFeedForward>(network).length;
            dense.bias = dense.bias || dims.feed_forward_bias.value_or(false);
            network = dense;
        }
        model.layers[i] = {attention, network, model.layers[i].next_token, traits.norms, traits.parallel, traits.sum,
                           traits.attention_norm_2};
    }
    if (read.failed()) return tl::unexpected(read.error());
    return model;
}

TensorInventory transformer_tensors(const ModelSpec& model) { return transformer_tensors(model, "ffn_norm"); }

TensorInventory transformer_tensors(const ModelSpec& model, std::string_view network_norm) {
    TensorList list;
    add_outer_tensors(list, model);
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
        add_full_attention(list, model, i, std::get<FullAttention>(model.layers[i].attention));
        add_feed_forward(list, model, i, model.layers[i].feed_forward, network_norm);
        if (model.layers[i].next_token)
            add_next_token(list, model, i, {.embedding = model.nextn_embeddings, .output = model.nextn_embeddings});
    }
    return std::move(list).take();
}

}  // namespace fitcalc::architectures
