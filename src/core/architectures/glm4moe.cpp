// GLM 4.5, 4.6 and 4.7: experts after leading dense layers, biases on Q, K and V, a next-token block that the file
// keeps and the engine skips.
// Source: llama.cpp de3ff81, src/models/glm4-moe.cpp (tensors) and conversion of the Hugging Face checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {
namespace {

Result<ModelSpec> describe(const Dimensions& dims) {
    return describe_transformer("glm4moe", dims,
                                {.qk_norm = dims.attention_qk_norm.value_or(false),
                                 .expert_probs_bias = true,
                                 .expert_weights_norm = false});
}

TensorInventory tensors(const ModelSpec& model) {
    TensorList list;
    add_outer_tensors(list, model);
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
        add_full_attention(list, model, i, std::get<FullAttention>(model.layers[i].attention));
        // The norm before the network bears the name of one after attention.
        list.layer_norm(i, "post_attention_norm", model.norm, model.embedding_length);
        add_network(list, model, i, model.layers[i].feed_forward);
        if (model.layers[i].next_token) add_next_token(list, model, i);
    }
    return std::move(list).take();
}

}  // namespace

const Architecture glm4moe{
    .name = "glm4moe",
    .description = "GLM 4.5, 4.6 and 4.7: experts after leading dense layers, a next-token block",
    .describe = describe,
    .tensors = tensors,
};

}  // namespace fitcalc::architectures
