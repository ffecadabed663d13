// Transformers with one dense network in each layer, and those whose experts need no more than the common fields.
#include <algorithm>

#include "hf_mapping.hpp"

namespace fitcalc::hf {

// LlamaModel: Llama 1-3, Mistral, Mixtral and the classes derived from it.
void map_llama(Import& in) {
    in.dims.rope_dimension_count = in.head_length();
    add_llama3_rope_factors(in);
}

void map_plain(Import& in) {
    add_llama3_rope_factors(in);
}

void map_minicpm(Import& in) {
    map_llama(in);
    add_long_rope_factors(in);
}

void map_gptneox(Import& in) {
    add_rope_dimensions(in, 0.25);
    in.dims.feed_forward_bias = true;
    in.dims.parallel_residual = in.fields.flag("use_parallel_residual").value_or(true);
}

void map_stablelm(Import& in) {
    add_rope_dimensions(in, 0.25);
    in.dims.attention_bias = in.fields.flag("use_qkv_bias").value_or(false);
    in.dims.attention_qk_norm = in.fields.flag("qk_layernorm").value_or(false);
    in.dims.parallel_residual = in.fields.flag("use_parallel_residual").value_or(false);
}

void map_half_rotary(Import& in) {
    add_rope_dimensions(in, 0.5);
}

void map_whole_rotary(Import& in) {
    add_rope_dimensions(in, 1.0);
    add_llama3_rope_factors(in);
}

// FalconModel. The context and the network's length are not in config.json; the converter has them built in.
void map_falcon(Import& in) {
    constexpr std::uint32_t context = 2048, network_ratio = 4;
    Dimensions& d = in.dims;
    if (!d.context_length) d.context_length = context;
    if (!d.feed_forward_length.known()) d.feed_forward_length = PerLayer{network_ratio * *d.embedding_length};
    const bool grouped = in.fields.flag("new_decoder_architecture").value_or(false);
    d.attention_norm_2 = grouped && in.fields.number({"num_ln_in_parallel_attn"}).value_or(2) == 2;
    if (grouped) {
        d.head_count_kv = PerLayer{in.fields.require({"num_kv_heads", "n_head_kv"})};
    } else if (in.fields.flag("multi_query").value_or(false)) {
        d.head_count_kv = PerLayer{1};
    }
}

// MPTModel.
void map_mpt(Import& in) {
    Dimensions& d = in.dims;
    const std::uint32_t ratio = in.fields.number({"expansion_ratio"}).value_or(4);
    if (ratio > 15) reject("expansion_ratio", "out of range");
    d.feed_forward_length = PerLayer{ratio * *d.embedding_length};
    if (const auto attention = in.fields.object("attn_config"))
        if (const auto heads = attention->number({"kv_n_heads"})) d.head_count_kv = PerLayer{*heads};
}

// GPT2Model, BloomModel.
void map_gpt2(Import& in) {
    if (!in.dims.feed_forward_length.known()) in.dims.feed_forward_length = PerLayer{4 * *in.dims.embedding_length};
    in.dims.feed_forward_bias = true;
}

// StarCoderModel: one KV head for all.
void map_bigcode(Import& in) {
    map_gpt2(in);
    in.dims.head_count_kv = PerLayer{1};
}

// Phi2Model: the network is four times as long as the embedding, whatever n_inner says.
void map_phi2(Import& in) {
    in.dims.feed_forward_length = PerLayer{4 * *in.dims.embedding_length};
    in.dims.feed_forward_bias = true;
    if (const auto rotary = in.fields.number({"rotary_dim"}))
        in.dims.rope_dimension_count = rotary;
    else
        add_rope_dimensions(in, 0.5);
}

// Phi3MiniModel. The engine ignores this class's sliding window (src/models/phi3.cpp), so it is left out.
// LongRoPE's short and long factors are tensors of the file.
void map_phi3(Import& in) {
    add_rope_dimensions(in, 1.0);
    add_long_rope_factors(in);
}

void map_baichuan(Import& in) {
    if (const auto context = in.fields.number({"model_max_length", "max_sequence_length"}))
        in.dims.context_length = context;
    in.dims.rope_dimension_count = in.head_length();
}

// GraniteModel ignores head_dim.
void map_granite(Import& in) {
    in.dims.key_length.reset();
    in.dims.value_length.reset();
    map_llama(in);
}

namespace {

// Of DeciLM's networks: two thirds of twice the stated multiple, rounded up to 256.
std::uint32_t deci_network_length(double multiple, std::uint32_t embedding_length) {
    if (multiple < 0 || multiple > 64) reject("block_configs.ffn.ffn_mult", "out of range");
    const double exact = 2 * multiple * embedding_length / 3;
    if (exact > 1 << 30) reject("block_configs.ffn.ffn_mult", "out of range");
    const auto length = static_cast<std::uint32_t>(exact);
    return (length + 255) / 256 * 256;
}

}  // namespace

// DeciModel: block_configs states each layer's attention and network. 0 heads: no attention; heads without KV heads:
// one matrix in its place; network of length 0: none.
void map_deci(Import& in) {
    map_llama(in);
    const auto blocks = in.fields.objects("block_configs");
    if (blocks.empty()) return;
    if (blocks.size() != in.layers()) reject("block_configs", "not as many as there are layers");
    const std::uint32_t heads = in.fields.require({"num_attention_heads"});
    std::vector<std::uint32_t> head_count, head_count_kv, network;
    for (const Fields& block : blocks) {
        const auto attention = block.object("attention"), ffn = block.object("ffn");
        if (!attention || !ffn) reject("block_configs", "an entry without attention or ffn");
        const bool linear = attention->flag("replace_with_linear").value_or(false);
        const bool none = attention->flag("no_op").value_or(false);
        head_count.push_back(none ? 0 : heads);
        head_count_kv.push_back(none || linear ? 0 : heads / attention->require({"n_heads_in_group"}));
        const bool empty = ffn->flag("no_op").value_or(false) || ffn->flag("replace_with_linear").value_or(false);
        network.push_back(empty ? 0
                                : deci_network_length(ffn->real({"ffn_mult"}).value_or(0), *in.dims.embedding_length));
    }
    in.dims.head_count = PerLayer{std::move(head_count)};
    in.dims.head_count_kv = PerLayer{std::move(head_count_kv)};
    in.dims.feed_forward_length = PerLayer{std::move(network)};
}

// ChatGLMModel: its own names for grouped queries and the network.
void map_chatglm(Import& in) {
    if (const auto heads = in.fields.number({"multi_query_group_num"})) in.dims.head_count_kv = PerLayer{*heads};
    if (const auto length = in.fields.number({"ffn_hidden_size"})) in.dims.feed_forward_length = PerLayer{*length};
    if (const auto length = in.fields.number({"kv_channels"})) set_head_length(in, length);
    in.dims.attention_bias = in.fields.flag("add_qkv_bias").value_or(in.dims.attention_bias.value_or(false));
    in.dims.rope_dimension_count = in.head_length() / 2;
}

// PanguEmbeddedModel: biases on all attention matrices.
void map_pangu(Import& in) {
    in.dims.rope_dimension_count = in.head_length();
    in.dims.attention_bias = in.dims.attention_output_bias = in.fields.flag("bias").value_or(true);
}

// OpenELMModel: heads for each layer, and networks as long as a multiple of the embedding, rounded to the divisor.
void map_openelm(Import& in) {
    Dimensions& d = in.dims;
    d.context_length = in.fields.require({"max_context_length"});
    d.head_count = in.fields.per_layer({"num_query_heads"});
    d.head_count_kv = in.fields.per_layer({"num_kv_heads"});
    d.rope_dimension_count = in.fields.require({"head_dim"});
    const std::uint32_t divisor = in.fields.require({"ffn_dim_divisor"});
    std::vector<std::uint32_t> lengths;
    for (const double multiplier : in.fields.reals("ffn_multipliers")) {
        const double exact = multiplier * *d.embedding_length;
        if (!(exact > 0 && exact < 1 << 30)) reject("ffn_multipliers", "out of range");
        std::uint32_t length = std::max(divisor, static_cast<std::uint32_t>(exact + divisor / 2.0) / divisor * divisor);
        if (length < 0.9 * exact) length += divisor;
        lengths.push_back(length);
    }
    if (lengths.size() != in.layers()) reject("ffn_multipliers", "not as many entries as there are layers");
    d.feed_forward_length = PerLayer{std::move(lengths)};
}

// JaisModel. The output matrix, scaled otherwise than the embedding, is in the file.
void map_jais(Import& in) {
    in.dims.feed_forward_bias = true;
    in.dims.tied_embeddings = false;
}

void map_jais2(Import& in) {
    in.dims.rope_dimension_count = in.head_length();
    in.dims.feed_forward_bias = true;
}

// CodeShellModel: the network is four times as long as the embedding, whatever n_inner says.
void map_codeshell(Import& in) {
    in.dims.feed_forward_length = PerLayer{4 * *in.dims.embedding_length};
    in.dims.head_count_kv = PerLayer{in.fields.require({"num_query_groups"})};
    in.dims.feed_forward_bias = true;
    in.dims.tied_embeddings = false;
}

// RefactModel: two thirds of four times the embedding, rounded up to 256; one KV head for all.
void map_refact(Import& in) {
    constexpr std::uint32_t multiple = 256;
    const std::uint64_t length = std::uint64_t{8} * *in.dims.embedding_length / 3;
    in.dims.feed_forward_length = PerLayer{(static_cast<std::uint32_t>(length) + multiple - 1) / multiple * multiple};
    in.dims.head_count_kv = PerLayer{1};
}

// StarCoder2Model: use_bias is for every matrix.
void map_starcoder2(Import& in) {
    const bool biases = in.fields.flag("use_bias").value_or(true);
    in.dims.attention_bias = in.dims.attention_output_bias = in.dims.feed_forward_bias = biases;
}

}  // namespace fitcalc::hf
