// DeepSeek V2, V3, R1 and Kimi K2: multi-head latent attention and mixture of experts after leading dense layers.
// Source: llama.cpp de3ff81, src/models/deepseek2.cpp; DeepSeek-V2, arXiv:2405.04434 §2.1 (latent attention);
// DeepSeek-V3, arXiv:2412.19437 §2.1. The converter leaves the next-token (MTP) layer out.
#include "builder.hpp"
#include "families.hpp"

namespace fitcalc::architectures {
namespace {

LatentAttention latent_attention(DimensionReader& read) {
    const Dimensions& dims = read.dims();
    LatentAttention attention;
    attention.heads = read.require("attention.head_count", dims.head_count, 0);
    attention.q_lora_rank = dims.q_lora_rank.value_or(0);
    attention.kv_lora_rank = read.require("attention.kv_lora_rank", dims.kv_lora_rank);
    attention.rope_length = read.require("rope.dimension_count", dims.rope_dimension_count);
    const std::int64_t key_length = read.require("attention.key_length_mla", dims.key_length_mla);
    attention.nope_length = key_length - attention.rope_length;
    attention.value_length = read.require("attention.value_length_mla", dims.value_length_mla);
    if (attention.nope_length <= 0)
        read.reject("attention.key_length_mla " + std::to_string(key_length) + " leaves no room beside rope.dimension_count " +
                    std::to_string(attention.rope_length));
    return attention;
}

Result<ModelSpec> describe(const Dimensions& dims) {
    DimensionReader read{dims};
    ModelSpec model = common_spec("deepseek2", read);
    const LatentAttention attention = latent_attention(read);
    model.rope_length = attention.rope_length;
    for (std::size_t i = 0; i < model.layers.size() && !read.failed(); ++i)
        model.layers[i] = {attention, feed_forward(read, i)};
    if (read.failed()) return tl::unexpected(read.error());
    return model;
}

// K and V of all heads come from the latent row: attn_k_b is stored transposed per head so that it can be
// absorbed into the query, attn_v_b is applied after attention.
void add_latent_attention(TensorList& list, const ModelSpec& model, std::size_t layer, const LatentAttention& a) {
    const std::int64_t d = model.embedding_length;
    const std::int64_t query = checked_mul(a.heads, a.nope_length + a.rope_length);
    list.layer_f32(layer, "attn_norm.weight", Shape{d});
    if (a.q_lora_rank > 0) {
        list.layer_f32(layer, "attn_q_a_norm.weight", Shape{a.q_lora_rank});
        list.layer_weight(layer, "attn_q_a.weight", Shape{d, a.q_lora_rank});
        list.layer_weight(layer, "attn_q_b.weight", Shape{a.q_lora_rank, query});
    } else {
        list.layer_weight(layer, "attn_q.weight", Shape{d, query});
    }
    list.layer_f32(layer, "attn_kv_a_norm.weight", Shape{a.kv_lora_rank});
    list.layer_weight(layer, "attn_kv_a_mqa.weight", Shape{d, a.cached_values()});
    list.layer_weight(layer, "attn_k_b.weight", Shape{a.nope_length, a.kv_lora_rank, a.heads});
    list.layer_weight(layer, "attn_v_b.weight", Shape{a.kv_lora_rank, a.value_length, a.heads});
    list.layer_weight(layer, "attn_output.weight", Shape{checked_mul(a.heads, a.value_length), d});
}

TensorInventory tensors(const ModelSpec& model) {
    TensorList list;
    add_outer_tensors(list, model);
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
        add_latent_attention(list, model, i, std::get<LatentAttention>(model.layers[i].attention));
        add_feed_forward(list, model, i, model.layers[i].feed_forward);
    }
    return std::move(list).take();
}

}  // namespace

const Architecture deepseek2{
    .name = "deepseek2",
    .description = "DeepSeek V2, V3 and R1, Kimi K2: latent attention and mixture of experts",
    .describe = describe,
    .tensors = tensors,
};

}  // namespace fitcalc::architectures
