// Transformers with latent attention (MLA), those with an index over its cache, and Kimi's hybrids of it.
#include <algorithm>

#include "hf_mapping.hpp"

namespace fitcalc::hf {
namespace {

void add_latent_attention(Import& in) {
    Dimensions& d = in.dims;
    const std::uint32_t rope = in.fields.require({"qk_rope_head_dim"});
    const std::uint32_t latent = in.fields.number({"kv_lora_rank"}).value_or(512);  // the converter's own default
    d.q_lora_rank = in.fields.number({"q_lora_rank"});
    d.kv_lora_rank = latent;
    d.key_length = latent + rope;
    d.value_length = latent;
    d.key_length_mla = in.fields.require({"qk_nope_head_dim"}) + rope;
    d.value_length_mla = in.fields.require({"v_head_dim"});
    d.rope_dimension_count = rope;
}

void add_index(Import& in) {
    in.dims.indexer_head_count = in.fields.require({"index_n_heads"});
    in.dims.indexer_key_length = in.fields.require({"index_head_dim"});
    in.dims.indexer_top_k = in.fields.require({"index_topk"});
}

// DeepSeek-V3's load balancing without an auxiliary loss has a bias for each expert.
bool has_probs_bias(const Import& in) {
    if (in.fields.has("topk_method")) return in.fields.text("topk_method") == "noaux_tc";
    return in.model_class != "DeepseekV2ForCausalLM" && in.fields.text("scoring_func") != "softmax";
}

// KDA layers (linear attention) have no KV heads; full_attn_layers counts from 1.
void add_linear_layers(Import& in) {
    const auto linear = in.fields.object("linear_attn_config");
    if (!linear) reject("linear_attn_config", "is missing");
    std::vector<std::uint32_t> heads(in.layers(), 0);
    for (const std::uint32_t layer : linear->numbers("full_attn_layers")) {
        if (layer == 0 || layer > heads.size())
            reject("linear_attn_config.full_attn_layers", "names a layer that is not there");
        heads[layer - 1] = 1;
    }
    in.dims.head_count_kv = PerLayer{std::move(heads)};
    in.dims.ssm_conv_kernel = linear->require({"short_conv_kernel_size"});
    in.dims.kda_head_dim = linear->require({"head_dim"});
}

void add_kimi(Import& in) {
    add_latent_attention(in);
    add_linear_layers(in);
    Dimensions& d = in.dims;
    d.expert_feed_forward_length = in.fields.require({"moe_intermediate_size"});
    d.expert_shared_count = in.fields.require({"num_shared_experts"});
    d.leading_dense_block_count = in.fields.number({"first_k_dense_replace"}).value_or(0);
    d.expert_weights_norm = in.fields.flag("moe_renormalize");
    d.expert_probs_bias = true;
    d.expert_group_count.reset();
    d.expert_group_used_count.reset();
}

void add_deepseek2(Import& in) {
    Dimensions& d = in.dims;
    d.head_count_kv = PerLayer{1};
    add_latent_attention(in);
    d.expert_count = in.fields.number({"n_routed_experts", "num_local_experts", "num_experts"});
    const bool experts = d.expert_count.value_or(0) > 0;
    d.leading_dense_block_count = in.fields.number({"first_k_dense_replace"}).value_or(experts ? 0 : in.layers());
    d.expert_feed_forward_length = in.fields.require({"moe_intermediate_size", "intermediate_size"});
    d.expert_shared_count = in.fields.number({"n_shared_experts"}).value_or(0);
    d.expert_probs_bias = experts && has_probs_bias(in);
    if (in.fields.flag("norm_topk_prob").value_or(false)) d.expert_weights_norm = true;  // only ever written as true
}

void add_indexed_latent_attention(Import& in, bool own_embeddings) {
    add_deepseek2(in);
    add_index(in);
    keep_next_token_layers(in, {"num_nextn_predict_layers"}, own_embeddings);
}

}  // namespace

// DeepseekV2Model: attention becomes multi-query over the latent row; next-token layers are left out.
void map_deepseek2(Import& in) {
    add_deepseek2(in);
    drop_next_token_layers(in, {"num_nextn_predict_layers"});
}

// Mistral3Model: by the inner configuration's model type a DeepSeek or a Llama.
void map_mistral3(Import& in) {
    if (in.fields.text("model_type") != "mistral4") return map_llama(in);
    in.architecture = "mistral4";
    map_deepseek2(in);
}

// DeepseekV32Model and GlmMoeDsaModel: an index over the latent cache; the next-token layer stays in the file, in
// GLM 5 without an embedding of its own (753.86 billion parameters in its published conversions).
void map_deepseek32(Import& in) {
    add_indexed_latent_attention(in, true);
}
void map_glm_dsa(Import& in) {
    add_indexed_latent_attention(in, false);
}

// DeepseekV4Model: window attention with compressed rows beside it. compress_ratios also counts the next-token layer,
// which is left out.
void map_deepseek4(Import& in) {
    Dimensions& d = in.dims;
    d.q_lora_rank = in.fields.require({"q_lora_rank"});
    d.output_lora_rank = in.fields.require({"o_lora_rank"});
    d.output_group_count = in.fields.require({"o_groups"});
    d.rope_dimension_count = in.fields.require({"qk_rope_head_dim"});
    auto ratios = in.fields.numbers("compress_ratios");
    if (ratios.size() < in.layers()) reject("compress_ratios", "fewer entries than there are layers");
    ratios.resize(in.layers());
    d.compress_ratios = PerLayer{std::move(ratios)};
    d.expert_count = in.fields.require({"n_routed_experts"});
    d.expert_feed_forward_length = in.fields.require({"moe_intermediate_size"});
    d.expert_shared_count = in.fields.require({"n_shared_experts"});
    d.expert_probs_bias = true;
    add_expert_weights_norm(in);
    d.hash_layer_count = std::min(in.fields.require({"num_hash_layers"}), in.layers());
    d.hyper_connection_count = in.fields.require({"hc_mult"});
    d.sliding_window = in.fields.number({"sliding_window"});
    add_index(in);
    drop_next_token_layers(in, {"num_nextn_predict_layers"});
}

// MiniCPM3Model: latent attention that is cached as the heads it stands for.
void map_minicpm3(Import& in) {
    Dimensions& d = in.dims;
    const std::uint32_t rope = in.fields.require({"qk_rope_head_dim"});
    d.q_lora_rank = in.fields.require({"q_lora_rank"});
    d.kv_lora_rank = in.fields.require({"kv_lora_rank"});
    d.key_length = in.fields.require({"qk_nope_head_dim"}) + rope;
    d.value_length = in.fields.number({"v_head_dim"}) ? in.fields.number({"v_head_dim"}) : in.head_length();
    d.rope_dimension_count = rope;
}

// KimiLinearModel.
void map_kimi_linear(Import& in) {
    add_kimi(in);
}

// KimiK3Model: experts in a smaller space, and residuals over blocks of layers.
void map_kimi_k3(Import& in) {
    add_kimi(in);
    in.dims.expert_latent_length = in.fields.number({"routed_expert_hidden_size"});
    in.dims.attn_res_block_size = in.fields.require({"attn_res_block_size"});
}

}  // namespace fitcalc::hf
