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
    Dimension sliding_window;
    Dimension indexer_head_count;  // sparse attention (DeepSeek-V3.2)
    Dimension indexer_key_length;
    Dimension indexer_top_k;
    Dimension full_attention_interval;  // every n-th layer attends, the others are recurrent

    Dimension rope_dimension_count;

    // experts
    Dimension leading_dense_block_count;
    Dimension expert_count;
    Dimension expert_used_count;
    Dimension expert_shared_count;
    Dimension expert_feed_forward_length;
    Dimension expert_shared_feed_forward_length;  // of all shared experts together
    Dimension expert_latent_length;               // rows that the routed experts work on (Kimi K3)
    Dimension expert_group_count;
    Dimension expert_group_used_count;

    Dimension nextn_predict_layers;

    // recurrent layers
    Dimension ssm_conv_kernel;
    Dimension ssm_inner_size;
    Dimension ssm_state_size;
    Dimension ssm_time_step_rank;  // Mamba-2: heads; gated delta net: value heads
    Dimension ssm_group_count;     // gated delta net: key heads
    Dimension kda_head_dim;
    Dimension shortconv_l_cache;
    Dimension wkv_head_size;
    Dimension token_shift_count;
    Dimension decay_lora_rank;
    Dimension iclr_lora_rank;
    Dimension value_residual_mix_lora_rank;
    Dimension gate_lora_rank;

    // Tensors that a checkpoint may or may not hold. GGUF files show them; a catalog record states them.
    std::optional<bool> tied_embeddings;
    std::optional<bool> attention_bias;      // biases on Q, K and V
    std::optional<bool> attention_output_bias;
    std::optional<bool> expert_probs_bias;   // exp_probs_b, DeepSeek-V3's load balancing
    std::optional<bool> expert_weights_norm; // routed weights are normalised to sum 1
    std::optional<bool> rope_factors;        // rope_freqs, Llama 3.1's frequency factors
    std::optional<bool> ssm_norm;            // Mamba-2's norm before the output projection (Falcon-H1 goes without)
    std::optional<bool> rope_finetuned;      // false: attention without rotary positions (Granite 4 hybrids)

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
    visit("feed_forward_length", d.feed_forward_length);
    visit("attention.head_count", d.head_count);
    visit("attention.head_count_kv", d.head_count_kv);
    visit("attention.key_length", d.key_length);
    visit("attention.value_length", d.value_length);
    visit("attention.q_lora_rank", d.q_lora_rank);
    visit("attention.kv_lora_rank", d.kv_lora_rank);
    visit("attention.key_length_mla", d.key_length_mla);
    visit("attention.value_length_mla", d.value_length_mla);
    visit("attention.sliding_window", d.sliding_window);
    visit("attention.indexer.head_count", d.indexer_head_count);
    visit("attention.indexer.key_length", d.indexer_key_length);
    visit("attention.indexer.top_k", d.indexer_top_k);
    visit("full_attention_interval", d.full_attention_interval);
    visit("rope.dimension_count", d.rope_dimension_count);
    visit("leading_dense_block_count", d.leading_dense_block_count);
    visit("expert_count", d.expert_count);
    visit("expert_used_count", d.expert_used_count);
    visit("expert_shared_count", d.expert_shared_count);
    visit("expert_feed_forward_length", d.expert_feed_forward_length);
    visit("expert_shared_feed_forward_length", d.expert_shared_feed_forward_length);
    visit("expert_latent_length", d.expert_latent_length);
    visit("expert_group_count", d.expert_group_count);
    visit("expert_group_used_count", d.expert_group_used_count);
    visit("nextn_predict_layers", d.nextn_predict_layers);
    visit("ssm.conv_kernel", d.ssm_conv_kernel);
    visit("ssm.inner_size", d.ssm_inner_size);
    visit("ssm.state_size", d.ssm_state_size);
    visit("ssm.time_step_rank", d.ssm_time_step_rank);
    visit("ssm.group_count", d.ssm_group_count);
    visit("kda.head_dim", d.kda_head_dim);
    visit("shortconv.l_cache", d.shortconv_l_cache);
    visit("wkv.head_size", d.wkv_head_size);
    visit("token_shift_count", d.token_shift_count);
    visit("attention.decay_lora_rank", d.decay_lora_rank);
    visit("attention.iclr_lora_rank", d.iclr_lora_rank);
    visit("attention.value_residual_mix_lora_rank", d.value_residual_mix_lora_rank);
    visit("attention.gate_lora_rank", d.gate_lora_rank);
    visit("tied_embeddings", d.tied_embeddings);
    visit("attention_bias", d.attention_bias);
    visit("attention_output_bias", d.attention_output_bias);
    visit("expert_probs_bias", d.expert_probs_bias);
    visit("expert_weights_norm", d.expert_weights_norm);
    visit("rope_factors", d.rope_factors);
    visit("ssm_norm", d.ssm_norm);
    visit("rope.scaling.finetuned", d.rope_finetuned);
}

}  // namespace fitcalc
