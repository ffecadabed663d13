#include "hf_mapping.hpp"

namespace fitcalc::hf {
namespace {

constexpr std::uint32_t most_layers = 1024;

std::optional<Fields> rope_parameters(const Fields& fields) {
    for (const char* name : {"rope_parameters", "rope_scaling"}) {
        auto parameters = fields.object(name);
        if (!parameters) continue;
        if (auto full = parameters->object("full_attention")) return full;
        return parameters;
    }
    return std::nullopt;
}

void add_biases(Import& in, Biases biases) {
    const bool stated = in.fields.flag("attention_bias").value_or(false);
    const bool stating = biases == Biases::stated_qkv || biases == Biases::stated_all;
    const bool any = biases != Biases::none && (!stating || stated);
    in.dims.attention_bias = any;
    in.dims.attention_output_bias = any && (biases == Biases::stated_all || biases == Biases::all);
}

}  // namespace

std::uint32_t Import::head_length() const {
    if (dims.key_length) return *dims.key_length;
    const std::uint32_t heads = dims.head_count.max();
    if (heads == 0) reject("num_attention_heads", "is missing");
    return dims.embedding_length.value_or(0) / heads;
}

// Nemotron-H's later configurations say it by the length of a list alone.
std::uint32_t layer_count(const Fields& fields) {
    const FieldNames names{"num_hidden_layers", "n_layers", "n_layer", "num_layers", "num_transformer_layers"};
    const auto stated = fields.number(names);
    if (!stated && fields.has("layers_block_type"))
        return static_cast<std::uint32_t>(fields.texts("layers_block_type").size());
    return fields.require(names);
}

std::uint32_t hidden_size(const Fields& fields) {
    return fields.require({"hidden_size", "n_embd", "dim", "d_model", "n_embed", "model_dim"});
}

PerLayer head_count(const Fields& fields) { return fields.per_layer({"num_attention_heads", "n_head", "n_heads"}); }

void map_common(Import& in, bool tied_by_default, Biases biases) {
    const Fields& f = in.fields;
    Dimensions& d = in.dims;
    d.block_count = layer_count(f);
    if (*d.block_count > most_layers) reject("num_hidden_layers", "more layers than any model has");
    d.context_length = f.number({"max_position_embeddings", "n_ctx", "n_positions", "max_sequence_length",
                                 "model_max_length", "max_seq_len", "seq_length"});
    if (d.context_length == 0u) d.context_length.reset();
    d.embedding_length = hidden_size(f);
    d.vocab_size = f.number({"vocab_size", "padded_vocab_size"});
    d.feed_forward_length = f.per_layer({"intermediate_size", "n_inner", "hidden_dim"});
    d.head_count = head_count(f);
    d.head_count_kv = f.per_layer({"num_key_value_heads", "n_kv_heads"});
    set_head_length(in, f.number({"head_dim"}));
    d.expert_count = f.number({"num_local_experts", "num_experts", "n_routed_experts"});
    if (d.expert_count.value_or(0) > 0) {
        d.expert_used_count = f.number({"num_experts_per_tok", "num_experts_per_token"});
        d.expert_group_count = f.number({"n_group"});
        d.expert_group_used_count = f.number({"topk_group"});
    }
    d.tied_embeddings = f.flag("tie_word_embeddings").value_or(tied_by_default);
    d.rope_factors = false;
    add_biases(in, biases);
    if (f.flag("mlp_bias").value_or(false)) d.feed_forward_bias = true;
}

std::uint32_t product(std::uint64_t a, std::uint64_t b, const char* field) {
    if (a != 0 && b > (std::uint64_t{1} << 31) / a) reject(field, "out of range");
    return static_cast<std::uint32_t>(a * b);
}

void add_expert_weights_norm(Import& in) {
    in.dims.expert_weights_norm = in.fields.flag("norm_topk_prob");
}

void add_long_rope_factors(Import& in) {
    const std::string type = rope_type(in.fields);
    in.dims.rope_long_factors = type == "longrope" || type == "su";
}

void set_head_length(Import& in, Dimension length) {
    if (!length) return;
    if (*length == 0) reject("head_dim", "is 0");
    in.dims.key_length = in.dims.value_length = length;
}

void add_rope_dimensions(Import& in, double default_share) {
    std::optional<double> share = in.fields.real({"partial_rotary_factor", "rotary_pct", "rope_pct"});
    if (const auto parameters = rope_parameters(in.fields); parameters && !share)
        share = parameters->real({"partial_rotary_factor"});
    const double used = share.value_or(default_share);
    if (used < 0 || used > 1) reject("partial_rotary_factor", "not a share from 0 to 1");
    in.dims.rope_dimension_count = static_cast<std::uint32_t>(used * in.head_length());
}

std::string rope_type(const Fields& fields) {
    const auto parameters = rope_parameters(fields);
    if (!parameters) return {};
    const std::string type = parameters->text("rope_type");
    return type.empty() ? parameters->text("type") : type;
}

void add_llama3_rope_factors(Import& in) {
    in.dims.rope_factors = rope_type(in.fields) == "llama3";
}

std::vector<std::string> layer_types(const Import& in, const char* name) {
    auto types = in.fields.texts(name);
    if (!types.empty() && types.size() != in.layers())
        reject(name, "has " + std::to_string(types.size()) + " entries for " + std::to_string(in.layers()) + " layers");
    return types;
}

void add_window(Import& in, const char* windowed_type) {
    in.dims.sliding_window = in.fields.number({"sliding_window"});
    if (!in.dims.sliding_window) return;
    std::vector<std::uint32_t> pattern;
    for (const std::string& type : layer_types(in, "layer_types")) pattern.push_back(type == windowed_type ? 1 : 0);
    if (!pattern.empty()) in.dims.sliding_window_pattern = PerLayer{std::move(pattern)};
}

void keep_next_token_layers(Import& in, FieldNames names, bool own_embeddings) {
    const std::uint32_t count = in.fields.number(names).value_or(0);
    if (count == 0) return;
    if (count > 16) reject(*names.begin(), "more next-token layers than any model has");
    in.dims.nextn_predict_layers = count;
    in.dims.nextn_embeddings = own_embeddings;
    in.dims.block_count = in.layers() + count;
}

void drop_next_token_layers(Import& in, FieldNames names) {
    if (in.fields.number(names).value_or(0) > 0)
        in.warnings.push_back("the next-token (MTP) layers are left out, as llama.cpp's converter leaves them out");
}

}  // namespace fitcalc::hf
