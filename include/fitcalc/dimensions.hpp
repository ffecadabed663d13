// The dimensions of a model, under the names llama.cpp's GGUF metadata gives them (architecture prefix left out).
// A catalog record, a config.json and a GGUF file all end here; an architecture turns them into tensors.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fitcalc {

// One value for all layers, or one per layer.
class PerLayer {
public:
    PerLayer() = default;
    explicit PerLayer(std::uint32_t same) : values_{same} {}
    explicit PerLayer(std::vector<std::uint32_t> each) : values_{std::move(each)} {}

    bool known() const { return !values_.empty(); }
    bool uniform() const { return values_.size() == 1; }
    // Layers beyond a per-layer list have 0, as in llama.cpp.
    std::uint32_t at(std::size_t layer) const {
        if (values_.empty()) return 0;
        if (uniform()) return values_.front();
        return layer < values_.size() ? values_[layer] : 0;
    }
    std::uint32_t max() const {
        return values_.empty() ? 0 : *std::max_element(values_.begin(), values_.end());
    }
    const std::vector<std::uint32_t>& values() const { return values_; }
    friend bool operator==(const PerLayer&, const PerLayer&) = default;

private:
    std::vector<std::uint32_t> values_;
};

using Dimension = std::optional<std::uint32_t>;

struct Dimensions {
    Dimension block_count;       // including next-token (MTP) layers, as in GGUF
    Dimension context_length;
    Dimension embedding_length;
    Dimension vocab_size;
    Dimension altup_num_inputs;       // parallel residual streams (Gemma 3n)
    Dimension embedding_length_per_layer_input;  // a second embedding, looked up for every layer (Gemma 3n)
    PerLayer feed_forward_length;

    // attention.*
    PerLayer head_count;
    PerLayer head_count_kv;
    Dimension key_length;        // per head; embedding_length / head_count where absent
    Dimension value_length;
    Dimension q_lora_rank;       // latent attention (MLA)
    Dimension kv_lora_rank;
    Dimension key_length_mla;
    Dimension value_length_mla;
    Dimension key_length_swa;    // per head in sliding-window layers, where these differ (Gemma 4)
    Dimension value_length_swa;
    Dimension sliding_window;
    // Which layers slide: 1 or 0 for each, or one number n: all but every n-th.
    PerLayer sliding_window_pattern;
    Dimension shared_kv_layers;  // the last layers, which read an earlier layer's cache
    Dimension full_attention_interval;  // every how many layers attention is full, the others being linear
    Dimension indexer_head_count;     // the index that picks the tokens to attend to (DeepSeek V3.2)
    Dimension indexer_key_length;
    Dimension indexer_top_k;
    Dimension output_group_count;     // grouped low-rank output projection (DeepSeek V4)
    Dimension output_lora_rank;
    PerLayer compress_ratios;         // tokens per compressed cache row; 0: window only
    Dimension decay_lora_rank;        // RWKV 7
    Dimension iclr_lora_rank;
    Dimension value_residual_mix_lora_rank;
    Dimension gate_lora_rank;

    Dimension rope_dimension_count;
    Dimension rope_dimension_count_swa;

    // experts
    Dimension leading_dense_block_count;
    Dimension expert_count;
    Dimension expert_used_count;
    Dimension expert_shared_count;
    Dimension expert_feed_forward_length;
    Dimension expert_latent_length;  // routed experts work in a smaller space
    Dimension expert_shared_feed_forward_length;  // all shared experts together
    Dimension expert_group_count;
    Dimension expert_group_used_count;
    Dimension interleave_moe_layer_step;
    Dimension moe_latent_size;

    // recurrent layers: state spaces, linear attention, short convolutions
    Dimension ssm_conv_kernel;
    Dimension ssm_group_count;
    Dimension ssm_inner_size;
    Dimension ssm_state_size;
    Dimension ssm_time_step_rank;
    Dimension kda_head_dim;
    Dimension shortconv_l_cache;
    Dimension token_shift_count;
    Dimension wkv_head_size;

    // residual streams
    Dimension attn_res_block_size;
    Dimension hash_layer_count;
    Dimension hyper_connection_count;

    Dimension nextn_predict_layers;
    Dimension deepstack_layers;  // the first layers, which each add a part of the input (Qwen3-VL)

    // Tensors that a checkpoint may or may not hold. GGUF files show them; a catalog record states them.
    std::optional<bool> tied_embeddings;
    std::optional<bool> tied_output_stored;  // the tied output matrix all the same: converters keep it, engines don't load it
    std::optional<bool> attention_bias;      // biases on Q, K and V
    std::optional<bool> attention_output_bias;
    std::optional<bool> attention_fused;     // one matrix for Q, K and V, where an architecture leaves it open (MiMo-V2)
    std::optional<bool> feed_forward_bias;
    std::optional<bool> attention_k_eq_v;    // full-attention layers have no V matrix and use K (Gemma 4)
    std::optional<bool> expert_probs_bias;   // exp_probs_b, DeepSeek-V3's load balancing
    std::optional<bool> expert_weights_norm; // routed weights are normalised to sum 1
    std::optional<bool> rope_factors;        // rope_freqs, Llama 3.1's frequency factors
    std::optional<bool> rope_long_factors;   // rope_factors_long and _short, Phi 3's long contexts
    std::optional<bool> rope_finetuned;      // false: attention without rotary positions (Granite 4 hybrids)
    std::optional<bool> attention_norm_2;    // a norm for attention beside the network's (Falcon 40B)
    std::optional<bool> attention_qk_norm;   // norms on Q and K, where an architecture leaves it open (GLM 4.5)
    std::optional<bool> nextn_embeddings;    // next-token blocks with an embedding and an output matrix of their own
    std::optional<bool> parallel_residual;   // attention and feed-forward network side by side (GPT-NeoX, StableLM)
    std::optional<bool> ssm_dt_b_c_rms;      // norms without weights on Mamba's step, B and C (Falcon Mamba)
    std::optional<bool> ssm_norm;            // Mamba-2's norm before the output projection (Falcon-H1 goes without)

    friend bool operator==(const Dimensions&, const Dimensions&) = default;
};

// Calls visit(json_name, member) for every dimension, in declaration order. The one list of their names:
// the catalog reader, its writer and the GGUF importer all use it.
template <class D, class Visit>
void visit_dimensions(D& d, Visit&& visit) {
    visit("block_count", d.block_count);
    visit("context_length", d.context_length);
    visit("embedding_length", d.embedding_length);
    visit("vocab_size", d.vocab_size);
    visit("altup.num_inputs", d.altup_num_inputs);
    visit("embedding_length_per_layer_input", d.embedding_length_per_layer_input);
    visit("feed_forward_length", d.feed_forward_length);
    visit("attention.head_count", d.head_count);
    visit("attention.head_count_kv", d.head_count_kv);
    visit("attention.key_length", d.key_length);
    visit("attention.value_length", d.value_length);
    visit("attention.q_lora_rank", d.q_lora_rank);
    visit("attention.kv_lora_rank", d.kv_lora_rank);
    visit("attention.key_length_mla", d.key_length_mla);
    visit("attention.value_length_mla", d.value_length_mla);
    visit("attention.key_length_swa", d.key_length_swa);
    visit("attention.value_length_swa", d.value_length_swa);
    visit("attention.sliding_window", d.sliding_window);
    visit("attention.sliding_window_pattern", d.sliding_window_pattern);
    visit("attention.shared_kv_layers", d.shared_kv_layers);
    visit("full_attention_interval", d.full_attention_interval);
    visit("attention.indexer.head_count", d.indexer_head_count);
    visit("attention.indexer.key_length", d.indexer_key_length);
    visit("attention.indexer.top_k", d.indexer_top_k);
    visit("attention.output_group_count", d.output_group_count);
    visit("attention.output_lora_rank", d.output_lora_rank);
    visit("attention.compress_ratios", d.compress_ratios);
    visit("attention.decay_lora_rank", d.decay_lora_rank);
    visit("attention.iclr_lora_rank", d.iclr_lora_rank);
    visit("attention.value_residual_mix_lora_rank", d.value_residual_mix_lora_rank);
    visit("attention.gate_lora_rank", d.gate_lora_rank);
    visit("rope.dimension_count", d.rope_dimension_count);
    visit("rope.dimension_count_swa", d.rope_dimension_count_swa);
    visit("leading_dense_block_count", d.leading_dense_block_count);
    visit("expert_count", d.expert_count);
    visit("expert_used_count", d.expert_used_count);
    visit("expert_shared_count", d.expert_shared_count);
    visit("expert_feed_forward_length", d.expert_feed_forward_length);
    visit("expert_latent_length", d.expert_latent_length);
    visit("expert_shared_feed_forward_length", d.expert_shared_feed_forward_length);
    visit("expert_group_count", d.expert_group_count);
    visit("expert_group_used_count", d.expert_group_used_count);
    visit("interleave_moe_layer_step", d.interleave_moe_layer_step);
    visit("moe_latent_size", d.moe_latent_size);
    visit("ssm.conv_kernel", d.ssm_conv_kernel);
    visit("ssm.group_count", d.ssm_group_count);
    visit("ssm.inner_size", d.ssm_inner_size);
    visit("ssm.state_size", d.ssm_state_size);
    visit("ssm.time_step_rank", d.ssm_time_step_rank);
    visit("kda.head_dim", d.kda_head_dim);
    visit("shortconv.l_cache", d.shortconv_l_cache);
    visit("token_shift_count", d.token_shift_count);
    visit("wkv.head_size", d.wkv_head_size);
    visit("attn_res.block_size", d.attn_res_block_size);
    visit("hash_layer_count", d.hash_layer_count);
    visit("hyper_connection.count", d.hyper_connection_count);
    visit("nextn_predict_layers", d.nextn_predict_layers);
    visit("n_deepstack_layers", d.deepstack_layers);
    visit("tied_embeddings", d.tied_embeddings);
    visit("tied_output_stored", d.tied_output_stored);
    visit("attention_bias", d.attention_bias);
    visit("attention_output_bias", d.attention_output_bias);
    visit("attention_fused", d.attention_fused);
    visit("feed_forward_bias", d.feed_forward_bias);
    visit("attention_k_eq_v", d.attention_k_eq_v);
    visit("expert_probs_bias", d.expert_probs_bias);
    visit("expert_weights_norm", d.expert_weights_norm);
    visit("rope_factors", d.rope_factors);
    visit("rope_long_factors", d.rope_long_factors);
    visit("rope.scaling.finetuned", d.rope_finetuned);
    visit("attention_norm_2", d.attention_norm_2);
    visit("attention_qk_norm", d.attention_qk_norm);
    visit("nextn_embeddings", d.nextn_embeddings);
    visit("use_parallel_residual", d.parallel_residual);
    visit("ssm.dt_b_c_rms", d.ssm_dt_b_c_rms);
    visit("ssm_norm", d.ssm_norm);
}

}  // namespace fitcalc
