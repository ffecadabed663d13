// Transformers with mixture of experts and full attention in every layer.
#include "hf_mapping.hpp"

namespace fitcalc::hf {
namespace {

void add_leading_dense(Import& in) {
    in.dims.leading_dense_block_count = in.fields.number({"first_k_dense_replace", "moe_layer_start_index"});
}

void add_expert_length(Import& in) {
    if (const auto length = in.fields.number({"moe_intermediate_size"})) in.dims.expert_feed_forward_length = length;
}

}  // namespace

// Qwen2MoeModel, Qwen3MoeModel.
void map_qwen_moe(Import& in) {
    add_expert_length(in);
    if (in.architecture == "qwen2moe")
        in.dims.expert_shared_feed_forward_length = in.fields.number({"shared_expert_intermediate_size"});
}

// Qwen3VLTextModel: as many of the first layers take a part of the pictures' features as vision_config lists.
void map_qwen3vl(Import& in) {
    map_plain(in);
    add_expert_length(in);
    if (const auto vision = in.fields.object("vision_config"))
        in.dims.deepstack_layers = static_cast<std::uint32_t>(vision->numbers("deepstack_visual_indexes").size());
}

// HYV3Model keeps the next-token layers.
void map_hy_v3(Import& in) {
    Dimensions& d = in.dims;
    add_llama3_rope_factors(in);
    add_leading_dense(in);
    d.expert_feed_forward_length = in.fields.require({"moe_intermediate_size"});
    const std::uint32_t shared = in.fields.number({"num_shared_experts", "n_shared_experts"}).value_or(1);
    d.expert_shared_feed_forward_length = product(shared, *d.expert_feed_forward_length, "num_shared_experts");
    d.expert_weights_norm = in.fields.flag("route_norm").value_or(true);
    d.expert_probs_bias = true;
    keep_next_token_layers(in, {"num_nextn_predict_layers"}, false);
}

// Glm4MoeModel keeps the next-token layers, which num_hidden_layers leaves out.
void map_glm4_moe(Import& in) {
    add_rope_dimensions(in, 0.5);
    add_expert_length(in);
    add_leading_dense(in);
    add_expert_weights_norm(in);
    in.dims.expert_shared_count = in.fields.number({"n_shared_experts"});
    in.dims.expert_probs_bias = true;
    in.dims.attention_qk_norm = in.fields.flag("use_qk_norm").value_or(false);
    keep_next_token_layers(in, {"num_nextn_predict_layers"}, true);
}

// Dots1Model.
void map_dots1(Import& in) {
    add_expert_length(in);
    add_leading_dense(in);
    add_expert_weights_norm(in);
    in.dims.expert_shared_count = in.fields.require({"n_shared_experts"});
    in.dims.expert_probs_bias = true;
}

// DeepseekModel (DeepSeek MoE 16B).
void map_deepseek(Import& in) {
    in.dims.rope_dimension_count = in.head_length();
    in.dims.expert_count = in.fields.require({"n_routed_experts"});
    in.dims.expert_feed_forward_length = in.fields.require({"moe_intermediate_size"});
    in.dims.expert_shared_count = in.fields.require({"n_shared_experts"});
    in.dims.leading_dense_block_count = in.fields.number({"first_k_dense_replace"}).value_or(0);
}

// MiniMaxM2Model.
void map_minimax_m2(Import& in) {
    in.dims.expert_feed_forward_length = in.fields.require({"intermediate_size"});
    in.dims.rope_dimension_count = in.fields.number({"rotary_dim"});
    in.dims.expert_probs_bias = in.fields.flag("use_routing_bias").value_or(true);
    drop_next_token_layers(in, {"num_mtp_modules"});
}

// DbrxModel: nested configurations for attention and the experts.
void map_dbrx(Import& in) {
    Dimensions& d = in.dims;
    if (const auto attention = in.fields.object("attn_config"))
        d.head_count_kv = PerLayer{attention->require({"kv_n_heads"})};
    if (const auto ffn = in.fields.object("ffn_config")) {
        d.feed_forward_length = PerLayer{ffn->require({"ffn_hidden_size"})};
        d.expert_count = ffn->require({"moe_num_experts"});
        d.expert_used_count = ffn->require({"moe_top_k"});
    }
}

// Ernie4_5MoeModel.
void map_ernie_moe(Import& in) {
    Dimensions& d = in.dims;
    d.expert_count = in.fields.require({"moe_num_experts"});
    d.expert_used_count = in.fields.require({"moe_k"});
    d.interleave_moe_layer_step = in.fields.number({"moe_layer_interval"});
    add_leading_dense(in);
    add_expert_length(in);
    const std::uint32_t shared = in.fields.number({"moe_num_shared_experts"}).value_or(0);
    d.expert_shared_count = shared;
    if (shared > 0 && d.expert_feed_forward_length)
        d.expert_shared_feed_forward_length = product(*d.expert_feed_forward_length, shared, "moe_num_shared_experts");
    d.expert_probs_bias = true;
}

// HunYuanMoEModel: lists hold the same number for every layer.
void map_hunyuan_moe(Import& in) {
    Dimensions& d = in.dims;
    const PerLayer used = in.fields.per_layer({"moe_topk"}), length = in.fields.per_layer({"moe_intermediate_size"});
    const PerLayer shared = in.fields.per_layer({"num_shared_expert"});
    if (used.known()) d.expert_used_count = used.at(0);
    if (length.known()) d.expert_feed_forward_length = length.at(0);
    d.expert_shared_feed_forward_length = in.fields.require({"intermediate_size"});
    if (shared.known()) d.expert_shared_count = shared.at(0);
}

// PhiMoeModel.
void map_phimoe(Import& in) {
    add_long_rope_factors(in);
    in.dims.rope_dimension_count = in.head_length();
}

// GrokModel: Grok 2 has a dense network beside the experts.
void map_grok(Import& in) {
    add_expert_length(in);
}

// BailingMoeModel.
void map_bailing_moe(Import& in) {
    in.dims.rope_dimension_count = in.head_length();
    in.dims.expert_shared_count = in.fields.number({"num_shared_experts"}).value_or(0);
    add_leading_dense(in);
    add_expert_length(in);
    add_expert_weights_norm(in);
}

// BailingMoeV2Model keeps the next-token layers.
void map_bailing_moe2(Import& in) {
    Dimensions& d = in.dims;
    add_rope_dimensions(in, 0.5);
    add_leading_dense(in);
    add_expert_length(in);
    const std::uint32_t shared = in.fields.number({"num_shared_experts", "n_shared_experts"}).value_or(0);
    add_expert_weights_norm(in);
    d.expert_shared_count = shared;
    d.expert_shared_feed_forward_length = in.fields.number({"moe_shared_expert_intermediate_size"});
    d.expert_probs_bias = in.fields.flag("moe_router_enable_expert_bias").value_or(true);
    keep_next_token_layers(in, {"num_nextn_predict_layers"}, true);
}

// GraniteMoeModel.
void map_granite_moe(Import& in) {
    map_granite(in);
    const auto shared = in.fields.number({"shared_intermediate_size"});
    if (shared.value_or(0) > 0) in.dims.expert_shared_feed_forward_length = shared;
}

// SmallThinkerModel: the window is written only where some layer has one.
void map_smallthinker(Import& in) {
    Dimensions& d = in.dims;
    d.expert_count = in.fields.require({"moe_num_primary_experts", "num_local_experts", "num_experts"});
    d.expert_used_count = in.fields.require({"moe_num_active_primary_experts", "num_experts_per_tok"});
    d.expert_feed_forward_length = in.fields.require({"moe_ffn_hidden_size"});
    d.feed_forward_length = PerLayer{*d.expert_feed_forward_length};
    for (const std::uint32_t layer : in.fields.numbers("sliding_window_layout"))
        if (layer != 0) d.sliding_window = in.fields.number({"sliding_window_size"});
}

}  // namespace fitcalc::hf
