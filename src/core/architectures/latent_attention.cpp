#include "latent_attention.hpp"

namespace fitcalc::architectures {

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

CompressedProjections compressed_projections(DimensionReader& read) {
    const Dimensions& dims = read.dims();
    const CompressedProjections ranks{dims.q_lora_rank.value_or(0),
                                      read.require("attention.kv_lora_rank", dims.kv_lora_rank),
                                      read.require("rope.dimension_count", dims.rope_dimension_count)};
    const std::int64_t key_length = read.require("attention.key_length", dims.key_length);
    read.require("attention.value_length", dims.value_length);
    if (key_length <= ranks.rope_length)
        read.reject("attention.key_length " + std::to_string(key_length) + " leaves no room beside rope.dimension_count " +
                    std::to_string(ranks.rope_length));
    return ranks;
}

Indexer indexer(DimensionReader& read) {
    const Dimensions& dims = read.dims();
    read.require("attention.q_lora_rank", dims.q_lora_rank);
    return {read.require("attention.indexer.head_count", dims.indexer_head_count),
            read.require("attention.indexer.key_length", dims.indexer_key_length),
            read.require("attention.indexer.top_k", dims.indexer_top_k)};
}

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
    if (a.output_gate) list.layer_weight(layer, "attn_gate.weight", Shape{d, checked_mul(a.heads, a.value_length)});
    list.layer_weight(layer, "attn_output.weight", Shape{checked_mul(a.heads, a.value_length), d});
    if (!a.indexer) return;
    list.layer_f32(layer, "indexer.k_norm.weight", Shape{a.indexer->key_length});
    list.layer_f32(layer, "indexer.k_norm.bias", Shape{a.indexer->key_length});
    list.layer_f32(layer, "indexer.proj.weight", Shape{d, a.indexer->heads});
    list.layer_weight(layer, "indexer.attn_k.weight", Shape{d, a.indexer->key_length});
    list.layer_weight(layer, "indexer.attn_q_b.weight",
                      Shape{a.q_lora_rank, checked_mul(a.indexer->heads, a.indexer->key_length)});
}

}  // namespace fitcalc::architectures
