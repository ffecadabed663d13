// Models with recurrent layers: state spaces, linear attention, short convolutions, alone or among attention.
#include <algorithm>
#include <cmath>

#include "hf_mapping.hpp"

namespace fitcalc::hf {
namespace {

// The vocabulary is padded to a multiple with tokens that are never used (Mamba2Model.set_vocab).
void pad_vocabulary(Import& in, std::uint32_t multiple) {
    const std::uint32_t size = in.dims.vocab_size.value_or(0);
    if (size > 0) in.dims.vocab_size = (size + multiple - 1) / multiple * multiple;
}

// Heads of one KV count in the layers of that kind, 0 elsewhere.
PerLayer in_layers(const std::vector<bool>& wanted, std::uint32_t value) {
    std::vector<std::uint32_t> each;
    each.reserve(wanted.size());
    for (const bool here : wanted) each.push_back(here ? value : 0);
    return PerLayer{std::move(each)};
}

// Layer by layer, from a text with a letter or a list with a word for each.
std::vector<std::string> layer_kinds(const Import& in) {
    if (!in.fields.is_text("hybrid_override_pattern")) return layer_types(in, "layers_block_type");
    std::vector<std::string> kinds;
    for (const char letter : in.fields.text("hybrid_override_pattern"))
        kinds.push_back(letter == 'M' ? "mamba" : letter == '*' ? "attention" : letter == 'E' ? "moe" : "mlp");
    if (kinds.size() != in.layers())
        reject("hybrid_override_pattern",
               "has " + std::to_string(kinds.size()) + " letters for " + std::to_string(in.layers()) + " layers");
    return kinds;
}

std::vector<bool> are(const std::vector<std::string>& kinds, std::initializer_list<std::string_view> wanted) {
    std::vector<bool> out;
    out.reserve(kinds.size());
    for (const std::string& kind : kinds) out.push_back(std::ranges::find(wanted, kind) != wanted.end());
    return out;
}

void add_gated_delta_net(Import& in) {
    Dimensions& d = in.dims;
    d.ssm_conv_kernel = in.fields.require({"linear_conv_kernel_dim"});
    d.ssm_state_size = in.fields.require({"linear_key_head_dim"});
    d.ssm_group_count = in.fields.require({"linear_num_key_heads"});
    d.ssm_time_step_rank = in.fields.require({"linear_num_value_heads"});
    d.ssm_inner_size =
        product(in.fields.require({"linear_value_head_dim"}), *d.ssm_time_step_rank, "linear_num_value_heads");
    d.full_attention_interval = in.fields.number({"full_attention_interval"}).value_or(4);
    if (d.expert_count.value_or(0) > 0) {
        d.expert_feed_forward_length = in.fields.require({"moe_intermediate_size"});
        d.expert_shared_feed_forward_length = in.fields.number({"shared_expert_intermediate_size"});
    }
    add_rope_dimensions(in, 0.25);
}

}  // namespace

// Qwen3NextModel leaves the next-token layers out; Qwen3_5TextModel keeps them.
void map_qwen3next(Import& in) {
    add_gated_delta_net(in);
}

void map_qwen35(Import& in) {
    add_gated_delta_net(in);
    keep_next_token_layers(in, {"mtp_num_hidden_layers"},
                           in.fields.flag("mtp_use_dedicated_embeddings").value_or(false));
}

// MambaModel. The context is not in config.json: the converter writes 2^20.
void map_mamba(Import& in) {
    Dimensions& d = in.dims;
    const std::uint32_t embedding = *d.embedding_length;
    d.context_length = std::uint32_t{1} << 20;
    d.head_count = PerLayer{0};
    d.head_count_kv = {};
    d.feed_forward_length = PerLayer{0};
    d.ssm_conv_kernel = in.fields.number({"conv_kernel", "d_conv"}).value_or(4);
    d.ssm_inner_size = in.fields.number({"intermediate_size", "d_inner"}).value_or(2 * embedding);
    d.ssm_state_size = in.fields.number({"state_size", "d_state"}).value_or(16);
    d.ssm_time_step_rank = in.fields.number({"time_step_rank", "dt_rank"}).value_or((embedding + 15) / 16);
    pad_vocabulary(in, in.fields.number({"pad_vocab_size_multiple"}).value_or(8));
}

// Mamba2Model.
void map_mamba2(Import& in) {
    Dimensions& d = in.dims;
    const std::uint32_t inner = in.fields.number({"intermediate_size", "d_inner"}).value_or(0);
    const std::uint32_t head = in.fields.number({"head_dim", "mamba_d_head"}).value_or(64);
    d.context_length = std::uint32_t{1} << 20;
    d.head_count = PerLayer{0};
    d.head_count_kv = {};
    d.key_length.reset();
    d.value_length.reset();
    d.feed_forward_length = PerLayer{0};
    d.ssm_conv_kernel = in.fields.number({"conv_kernel", "d_conv"}).value_or(4);
    d.ssm_inner_size = inner > 0 ? inner : 2 * *d.embedding_length;
    d.ssm_state_size = in.fields.number({"state_size", "d_state"}).value_or(128);
    d.ssm_group_count = in.fields.number({"n_groups"}).value_or(1);
    if (head == 0) reject("head_dim", "is 0");
    d.ssm_time_step_rank = *d.ssm_inner_size / head;
    d.ssm_norm = true;
    pad_vocabulary(in, in.fields.number({"pad_vocab_size_multiple"}).value_or(16));
}

// FalconH1Model: attention and a state space side by side in every layer.
void map_falcon_h1(Import& in) {
    Dimensions& d = in.dims;
    d.ssm_conv_kernel = in.fields.number({"mamba_d_conv"}).value_or(4);
    d.ssm_inner_size = in.fields.require({"mamba_d_ssm"});
    d.ssm_state_size = in.fields.number({"mamba_d_state"}).value_or(128);
    d.ssm_group_count = in.fields.number({"mamba_n_groups"}).value_or(1);
    d.ssm_time_step_rank = *d.ssm_inner_size / in.fields.require({"mamba_d_head"});
    d.ssm_norm = in.fields.flag("mamba_rms_norm").value_or(false);
}

// GraniteHybridModel. Without recurrent layers it is an ordinary Granite. The converter writes a context of 2^20 where
// there is no rotary embedding; what the model was trained for is what config.json says.
void map_granite_hybrid(Import& in) {
    const auto attention = are(layer_types(in, "layer_types"), {"attention"});
    if (std::ranges::find(attention, false) == attention.end()) {
        const bool experts = in.dims.expert_count.value_or(0) > 0;
        in.architecture = experts ? "granitemoe" : "granite";
        map_granite_moe(in);
        if (!experts)
            in.dims.feed_forward_length =
                PerLayer{in.fields.require({"shared_intermediate_size", "intermediate_size"})};
        if (!experts) in.dims.expert_shared_feed_forward_length.reset();
        return;
    }
    map_granite_moe(in);
    Dimensions& d = in.dims;
    d.head_count_kv = in_layers(attention, in.fields.require({"num_key_value_heads"}));
    d.ssm_conv_kernel = in.fields.require({"mamba_d_conv"});
    d.ssm_state_size = in.fields.require({"mamba_d_state"});
    d.ssm_group_count = in.fields.require({"mamba_n_groups"});
    d.ssm_inner_size = product(in.fields.require({"mamba_expand"}), *d.embedding_length, "mamba_expand");
    d.ssm_time_step_rank = in.fields.require({"mamba_n_heads"});
    d.ssm_norm = true;
    d.rope_finetuned = false;
    pad_vocabulary(in, 8);
}

// NemotronHModel: each layer is a state space, attention, or a network.
void map_nemotron_h(Import& in) {
    Dimensions& d = in.dims;
    const bool experts = in.fields.has("num_experts_per_tok");
    const auto kinds = layer_kinds(in);
    if (kinds.empty()) reject("hybrid_override_pattern", "is missing");
    d.head_count_kv =
        in_layers(are(kinds, {"attention", "full_attention"}), in.fields.require({"num_key_value_heads"}));
    set_head_length(in, in.fields.require({"head_dim", "attention_head_dim"}));
    d.ssm_conv_kernel = in.fields.require({"conv_kernel", "mamba_d_conv"});
    d.ssm_state_size = in.fields.require({"ssm_state_size", "mamba_d_state"});
    d.ssm_group_count = in.fields.require({"n_groups", "mamba_n_groups"});
    d.ssm_time_step_rank = in.fields.require({"mamba_num_heads"});
    d.ssm_inner_size = product(*d.ssm_time_step_rank, in.fields.require({"mamba_head_dim"}), "mamba_num_heads");
    d.ssm_norm = true;
    if (experts) {
        in.architecture = "nemotron_h_moe";
        d.expert_feed_forward_length = in.fields.require({"moe_intermediate_size"});
        d.feed_forward_length = in_layers(are(kinds, {"moe"}), *d.expert_feed_forward_length);
        d.expert_count = in.fields.require({"n_routed_experts"});
        d.expert_used_count = in.fields.require({"num_experts_per_tok"});
        d.expert_shared_count = in.fields.require({"n_shared_experts"});
        d.expert_shared_feed_forward_length = in.fields.require({"moe_shared_expert_intermediate_size"});
        add_expert_weights_norm(in);
        d.moe_latent_size = in.fields.number({"moe_latent_size"});
        d.expert_probs_bias = true;
        drop_next_token_layers(in, {"num_nextn_predict_layers"});
    } else {
        d.feed_forward_length = in_layers(are(kinds, {"mlp"}), in.fields.require({"intermediate_size"}));
    }
    pad_vocabulary(in, 8);
}

// LFM2Model: the network's length is adjusted from the stated one.
void map_lfm2(Import& in) {
    Dimensions& d = in.dims;
    const auto types = layer_types(in, "layer_types");
    std::vector<bool> attention = are(types, {"conv"});
    attention.flip();
    d.head_count_kv = in_layers(attention, in.fields.require({"num_key_value_heads"}));
    d.shortconv_l_cache = in.fields.require({"conv_L_cache"});
    std::uint64_t length = in.fields.require({"block_ff_dim", "intermediate_size"});
    if (in.fields.flag("block_auto_adjust_ff_dim").value_or(false)) {
        length = 2 * length / 3;
        if (const auto multiplier = in.fields.real({"block_ffn_dim_multiplier"})) {
            if (*multiplier < 0 || *multiplier > 64) reject("block_ffn_dim_multiplier", "out of range");
            length = static_cast<std::uint64_t>(*multiplier * static_cast<double>(length));
        }
        const std::uint64_t multiple = in.fields.require({"block_multiple_of"});
        length = (length + multiple - 1) / multiple * multiple;
    }
    d.feed_forward_length = PerLayer{product(length, 1, "block_ff_dim")};
}

// LFM2MoeModel.
void map_lfm2_moe(Import& in) {
    Dimensions& d = in.dims;
    d.head_count_kv =
        in_layers(are(layer_types(in, "layer_types"), {"full_attention"}), in.fields.require({"num_key_value_heads"}));
    d.expert_feed_forward_length = in.fields.require({"moe_intermediate_size"});
    d.leading_dense_block_count = in.fields.require({"num_dense_layers"});
    d.shortconv_l_cache = in.fields.require({"conv_L_cache"});
    d.expert_probs_bias = in.fields.flag("use_expert_bias").value_or(true);
}

// JambaModel: attention in one layer of each period, state spaces in the others.
void map_jamba(Import& in) {
    Dimensions& d = in.dims;
    const std::uint32_t period = in.fields.require({"attn_layer_period"});
    const std::uint32_t offset = in.fields.number({"attn_layer_offset"}).value_or(0);
    std::vector<bool> attention;
    for (std::uint32_t i = 0; i < in.layers(); ++i) attention.push_back(i % period == offset);
    d.head_count_kv = in_layers(attention, in.fields.require({"num_key_value_heads"}));
    d.ssm_conv_kernel = in.fields.require({"mamba_d_conv"});
    d.ssm_inner_size = product(in.fields.require({"mamba_expand"}), *d.embedding_length, "mamba_expand");
    d.ssm_state_size = in.fields.require({"mamba_d_state"});
    d.ssm_time_step_rank = in.fields.require({"mamba_dt_rank"});
}

// Rwkv7Model: ranks that config.json leaves out follow from the embedding's length.
void map_rwkv7(Import& in) {
    Dimensions& d = in.dims;
    const double embedding = *d.embedding_length;
    const auto rank = [&](FieldNames names, double exponent, double multiplier) {
        if (const auto stated = in.fields.number(names)) return *stated;
        const double blocks = std::round(std::pow(embedding, exponent) * multiplier / 32);
        return std::max(1u, static_cast<std::uint32_t>(blocks)) * 32;
    };
    if (!d.context_length) d.context_length = std::uint32_t{1} << 20;
    d.wkv_head_size = in.fields.require({"head_size", "head_dim"});
    d.key_length.reset();
    d.value_length.reset();
    d.head_count = PerLayer{0};
    d.head_count_kv = {};
    if (!d.feed_forward_length.known())
        d.feed_forward_length = PerLayer{product(4, *d.embedding_length, "hidden_size")};
    d.decay_lora_rank = rank({"lora_rank_decay", "decay_low_rank_dim"}, 0.5, 1.8);
    d.iclr_lora_rank = rank({"lora_rank_iclr", "a_low_rank_dim"}, 0.5, 1.8);
    d.value_residual_mix_lora_rank = rank({"lora_rank_value_residual_mix", "v_low_rank_dim"}, 0.5, 1.3);
    d.gate_lora_rank = rank({"lora_rank_gate", "gate_low_rank_dim"}, 0.8, 0.6);
    d.token_shift_count = 2;
}

}  // namespace fitcalc::hf
