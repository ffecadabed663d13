#include "builder.hpp"

#include <algorithm>

namespace fitcalc::architectures {
namespace {

// Bounds that no real model reaches, so that a hostile file can't make the estimate large or overflow.
// llama.cpp itself stops at 512 layers (LLAMA_MAX_LAYERS) and 4096 experts (LLAMA_MAX_EXPERTS).
constexpr std::int64_t max_layers = 1024;
constexpr std::int64_t max_experts = 65'536;
constexpr std::int64_t max_used_experts = 256;  // by one token: the graph has nodes for each, in each layer
constexpr std::int64_t max_dimension = std::int64_t{1} << 31;

}  // namespace

void DimensionReader::reject(std::string message) {
    if (message_.empty()) message_ = std::move(message);
}

Error DimensionReader::error() const { return Error{ErrorKind::bad_data, message_, {}}; }

std::int64_t DimensionReader::require(std::string_view name, const Dimension& value) {
    if (!value) {
        reject("dimension '" + std::string(name) + "' is missing");
        return 1;
    }
    if (*value == 0 || *value > max_dimension) {
        reject("dimension '" + std::string(name) + "' is " + std::to_string(*value) + ", which no model has");
        return 1;
    }
    return *value;
}

std::int64_t DimensionReader::require(std::string_view name, const PerLayer& value, std::size_t layer) {
    return require(name, value.known() ? Dimension{value.at(layer)} : Dimension{});
}

ModelSpec common_spec(std::string_view architecture, DimensionReader& read) {
    const Dimensions& dims = read.dims();
    ModelSpec model;
    model.architecture = architecture;
    model.embedding_length = read.require("embedding_length", dims.embedding_length);
    model.vocab_size = read.require("vocab_size", dims.vocab_size);
    model.context_length = Tokens{read.require("context_length", dims.context_length)};
    const bool tied = dims.tied_embeddings.value_or(false);
    model.tied_output_stored = tied && dims.tied_output_stored.value_or(false);
    model.tied_embeddings = tied && !model.tied_output_stored;
    model.rope_factors = dims.rope_factors.value_or(false);
    model.rope_long_factors = dims.rope_long_factors.value_or(false);
    model.nextn_embeddings = dims.nextn_embeddings.value_or(false);
    const std::int64_t layers = read.require("block_count", dims.block_count);
    if (layers > max_layers) read.reject("block_count is " + std::to_string(layers) + "; no model has that many layers");
    if (!read.failed()) model.layers.resize(static_cast<std::size_t>(layers));
    return model;
}

void mark_next_token_blocks(ModelSpec& model, DimensionReader& read) {
    const std::size_t blocks = read.dims().nextn_predict_layers.value_or(0);
    if (blocks > 0 && blocks >= model.layers.size()) {
        read.reject("nextn_predict_layers " + std::to_string(blocks) + " leaves no layer of block_count " +
                    std::to_string(model.layers.size()));
        return;
    }
    for (std::size_t i = model.layers.size() - blocks; i < model.layers.size(); ++i) model.layers[i].next_token = true;
}

FullAttention full_attention(DimensionReader& read, std::size_t layer) {
    const Dimensions& dims = read.dims();
    FullAttention attention;
    attention.heads = read.require("attention.head_count", dims.head_count, layer);
    attention.kv_heads = dims.head_count_kv.known() ? read.require("attention.head_count_kv", dims.head_count_kv, layer)
                                                    : attention.heads;
    if (attention.heads % attention.kv_heads != 0)
        read.reject("attention.head_count " + std::to_string(attention.heads) + " is no multiple of head_count_kv " +
                    std::to_string(attention.kv_heads));
    const std::int64_t per_head = read.require("embedding_length", dims.embedding_length) / attention.heads;
    attention.key_length = dims.key_length ? read.require("attention.key_length", dims.key_length) : per_head;
    attention.value_length = dims.value_length ? read.require("attention.value_length", dims.value_length) : per_head;
    if (attention.key_length == 0 || attention.value_length == 0) read.reject("attention heads of length 0");
    attention.bias = dims.attention_bias.value_or(false);
    return attention;
}

// Source: llama.cpp de3ff81, src/llama-hparams.cpp (set_swa_pattern).
bool has_window(const Dimensions& dimensions, std::size_t layer, std::uint32_t period, FullLayer full) {
    const PerLayer& pattern = dimensions.sliding_window_pattern;
    if (pattern.known() && !pattern.uniform()) return pattern.at(layer) != 0;
    if (pattern.known()) period = pattern.at(0);
    return period == 0 || (full == FullLayer::first ? layer % period != 0 : layer % period < period - 1);
}

std::int64_t window_with_pattern(DimensionReader& read) {
    const Dimensions& dims = read.dims();
    const std::int64_t window = read.require("attention.sliding_window", dims.sliding_window);
    if (!dims.sliding_window_pattern.known()) read.reject("dimension 'attention.sliding_window_pattern' is missing");
    return window;
}

void set_windows(ModelSpec& model, const Dimensions& dimensions, std::int64_t window, std::uint32_t period,
                 FullLayer full) {
    for (std::size_t i = 0; i < model.layers.size(); ++i)
        if (has_window(dimensions, i, period, full)) std::get<FullAttention>(model.layers[i].attention).window = window;
}

void set_listed_windows(ModelSpec& model, const Dimensions& dimensions, std::int64_t window, FullLayer full) {
    set_windows(model, dimensions, window, dimensions.sliding_window_pattern.at(0), full);
}

void rotate_in_windows_only(ModelSpec& model) {
    for (LayerSpec& layer : model.layers) {
        auto& attention = std::get<FullAttention>(layer.attention);
        attention.rope = attention.window > 0;
    }
}

void make_next_token_blocks_dense(ModelSpec& model, const Dimensions& dimensions) {
    for (std::size_t i = 0; i < model.layers.size(); ++i)
        if (const std::uint32_t length = dimensions.feed_forward_length.at(i); model.layers[i].next_token && length > 0)
            model.layers[i].feed_forward = DenseFeedForward{length};
}

FeedForward feed_forward(DimensionReader& read, std::size_t layer) {
    const Dimensions& dims = read.dims();
    const std::size_t step = dims.interleave_moe_layer_step.value_or(1);
    const bool moe = dims.expert_count.value_or(0) > 0 && layer >= dims.leading_dense_block_count.value_or(0) &&
                     step > 0 && (layer + 1) % step == 0;
    if (!moe) return DenseFeedForward{read.require("feed_forward_length", dims.feed_forward_length, layer)};

    ExpertFeedForward experts;
    experts.experts = read.require("expert_count", dims.expert_count);
    experts.used = read.require("expert_used_count", dims.expert_used_count);
    if (experts.experts > max_experts || experts.used > std::min(experts.experts, max_used_experts))
        read.reject("expert_count " + std::to_string(experts.experts) + " with expert_used_count " +
                    std::to_string(experts.used));
    // Mixtral states the experts' length as feed_forward_length.
    experts.length = dims.expert_feed_forward_length
                         ? read.require("expert_feed_forward_length", dims.expert_feed_forward_length)
                         : read.require("feed_forward_length", dims.feed_forward_length, layer);
    experts.shared_length =
        dims.expert_shared_feed_forward_length
            ? read.require("expert_shared_feed_forward_length", dims.expert_shared_feed_forward_length)
            : checked_mul(experts.length, dims.expert_shared_count.value_or(0));
    experts.latent_length = dims.expert_latent_length.value_or(0);
    experts.groups = std::max<std::int64_t>(1, dims.expert_group_count.value_or(1));
    experts.groups_used = std::min<std::int64_t>(experts.groups, std::max(1u, dims.expert_group_used_count.value_or(1)));
    experts.probs_bias = dims.expert_probs_bias.value_or(false);
    experts.weights_norm = dims.expert_weights_norm.value_or(false);
    return experts;
}

void TensorList::add(std::size_t layer, std::string_view name, Shape shape, GgmlType type) {
    if (layer != layer_ || prefix_.empty()) {
        layer_ = layer;
        prefix_ = "blk." + std::to_string(layer) + ".";
        next_role_ = 0;
    }
    const TensorName full{prefix_, name};
    inventory_.tensors.emplace_back(full, shape, type, static_cast<std::int32_t>(layer), role_in_layer(name, full));
}

TensorRole TensorList::role_in_layer(std::string_view name, std::string_view full_name) {
    // Layers mostly list the same names in the same order.
    if (next_role_ >= roles_.size() || roles_[next_role_].first != name) {
        const auto known = std::ranges::find(roles_, name, &std::pair<std::string, TensorRole>::first);
        next_role_ = static_cast<std::size_t>(known - roles_.begin());
        if (known == roles_.end()) roles_.emplace_back(name, role_of(full_name));
    }
    return roles_[next_role_++].second;
}

void TensorList::weight(std::string_view name, Shape shape) {
    inventory_.tensors.emplace_back(name, shape, GgmlType::f16, std::nullopt);
}

void TensorList::f32(std::string_view name, Shape shape) {
    inventory_.tensors.emplace_back(name, shape, GgmlType::f32, std::nullopt);
}

void TensorList::layer_norm(std::size_t layer, std::string_view name, const Norm& norm, std::int64_t length) {
    if (norm.weight) layer_f32(layer, TensorName{name, ".weight"}, Shape{length});
    if (norm.bias) layer_f32(layer, TensorName{name, ".bias"}, Shape{length});
}

void add_outer_tensors(TensorList& list, const ModelSpec& model) {
    const std::int64_t d = model.embedding_length;
    list.weight("token_embd.weight", Shape{d, model.vocab_size});
    if (model.norm.weight) list.f32("output_norm.weight", Shape{d});
    if (model.norm.bias) list.f32("output_norm.bias", Shape{d});
    if (!model.tied_embeddings) list.weight("output.weight", Shape{d, model.vocab_size});
    if (model.output_bias) list.f32("output.bias", Shape{model.vocab_size});
    if (model.token_norm) {
        list.f32("token_embd_norm.weight", Shape{d});
        if (model.norm.bias) list.f32("token_embd_norm.bias", Shape{d});
    }
    if (model.position_embeddings) list.f32("position_embd.weight", Shape{d, model.context_length.count()});
    if (model.per_layer_length > 0) {
        const std::int64_t all = checked_mul(model.per_layer_length, static_cast<std::int64_t>(model.layers.size()));
        list.weight("per_layer_token_embd.weight", Shape{all, model.vocab_size});
        list.weight("per_layer_model_proj.weight", Shape{d, all});
        list.f32("per_layer_proj_norm.weight", Shape{model.per_layer_length});
    }
    if (model.rope_factors) list.f32("rope_freqs.weight", Shape{model.rope_length / 2});
    if (model.rope_long_factors) {
        list.f32("rope_factors_long.weight", Shape{model.rope_length / 2});
        list.f32("rope_factors_short.weight", Shape{model.rope_length / 2});
    }
}

namespace {

void add_qk_norms(TensorList& list, std::size_t layer, const FullAttention& attention) {
    Shape q{attention.key_length}, k{attention.key_length};
    if (attention.qk_norm == QkNorm::none || attention.qk_norm == QkNorm::after_rope) return;
    if (attention.qk_norm == QkNorm::whole) {
        q = Shape{attention.query_values()};
        k = Shape{attention.key_values()};
    }
    if (attention.qk_norm == QkNorm::layer) {
        q = Shape{attention.key_length, attention.heads};
        k = Shape{attention.key_length, attention.kv_heads};
    }
    list.layer_f32(layer, "attn_q_norm.weight", q);
    list.layer_f32(layer, "attn_k_norm.weight", k);
}

}  // namespace

namespace {

// Source: llama.cpp de3ff81, src/models/minicpm3.cpp (tensors).
void add_compressed_projections(TensorList& list, std::int64_t d, std::size_t layer, const FullAttention& attention) {
    const CompressedProjections& ranks = *attention.compressed;
    const std::int64_t nope = attention.key_length - ranks.rope_length;
    if (ranks.q_lora_rank > 0) {
        list.layer_f32(layer, "attn_q_a_norm.weight", Shape{ranks.q_lora_rank});
        list.layer_weight(layer, "attn_q_a.weight", Shape{d, ranks.q_lora_rank});
        list.layer_weight(layer, "attn_q_b.weight", Shape{ranks.q_lora_rank, attention.query_values()});
    } else {
        list.layer_weight(layer, "attn_q.weight", Shape{d, attention.query_values()});
    }
    list.layer_f32(layer, "attn_kv_a_norm.weight", Shape{ranks.kv_lora_rank});
    list.layer_weight(layer, "attn_kv_a_mqa.weight", Shape{d, checked_add(ranks.kv_lora_rank, ranks.rope_length)});
    list.layer_weight(layer, "attn_kv_b.weight",
                      Shape{ranks.kv_lora_rank, checked_mul(attention.heads, nope + attention.value_length)});
}

}  // namespace

void add_full_attention(TensorList& list, const ModelSpec& model, std::size_t layer, const FullAttention& attention) {
    const std::int64_t d = model.embedding_length;
    const std::int64_t q = attention.query_values(), k = attention.key_values(), v = attention.value_values();
    const NormPlacement norms = model.layers[layer].norms;
    if (norms != NormPlacement::after) list.layer_norm(layer, "attn_norm", model.norm, d);
    if (model.layers[layer].attention_norm_2) list.layer_norm(layer, "attn_norm_2", model.norm, d);
    if (attention.compressed) {
        add_compressed_projections(list, d, layer, attention);
    } else if (attention.fused) {
        const std::int64_t qkv = checked_add(q, checked_add(k, v));
        list.layer_weight(layer, "attn_qkv.weight", Shape{d, qkv});
        if (attention.bias) list.layer_f32(layer, "attn_qkv.bias", Shape{qkv});
    } else {
        list.layer_weight(layer, "attn_q.weight", Shape{d, attention.output_gate ? checked_mul(q, 2) : q});
        list.layer_weight(layer, "attn_k.weight", Shape{d, k});
        if (!attention.value_is_key) list.layer_weight(layer, "attn_v.weight", Shape{d, v});
    }
    if (attention.head_gate) list.layer_weight(layer, "attn_gate.weight", Shape{d, attention.heads});
    if (attention.gate_matrix) list.layer_weight(layer, "attn_gate.weight", Shape{d, attention.output_values()});
    list.layer_weight(layer, "attn_output.weight", Shape{attention.output_values(), d});
    add_qk_norms(list, layer, attention);
    if (attention.bias && !attention.fused) {
        list.layer_f32(layer, "attn_q.bias", Shape{q});
        list.layer_f32(layer, "attn_k.bias", Shape{k});
        list.layer_f32(layer, "attn_v.bias", Shape{v});
    }
    if (attention.output_bias) list.layer_f32(layer, "attn_output.bias", Shape{d});
    if (attention.sinks) list.layer_f32(layer, "attn_sinks.weight", Shape{attention.heads});
    if (norms != NormPlacement::before) list.layer_f32(layer, "post_attention_norm.weight", Shape{d});
}

namespace {

void add_dense_matrices(TensorList& list, std::int64_t d, std::size_t layer, const DenseFeedForward& dense) {
    const bool gate = dense.gated && !dense.fused;
    const std::int64_t up = dense.fused ? checked_mul(2, dense.length) : dense.length;
    if (gate) list.layer_weight(layer, "ffn_gate.weight", Shape{d, dense.length});
    list.layer_weight(layer, "ffn_up.weight", Shape{d, up});
    list.layer_weight(layer, "ffn_down.weight", Shape{dense.length, d});
    if (!dense.bias) return;
    if (gate) list.layer_f32(layer, "ffn_gate.bias", Shape{dense.length});
    list.layer_f32(layer, "ffn_up.bias", Shape{up});
    list.layer_f32(layer, "ffn_down.bias", Shape{d});
}

void add_routed_experts(TensorList& list, std::int64_t d, std::size_t layer, const ExpertFeedForward& moe) {
    const auto matrix = [&](std::string_view name, Shape shape) {
        list.layer_tensor(layer, name, shape, moe.source_type);
    };
    if (moe.merged_gate_up) {
        matrix("ffn_gate_up_exps.weight", Shape{d, checked_mul(2, moe.length), moe.experts});
    } else {
        if (moe.gated) matrix("ffn_gate_exps.weight", Shape{d, moe.length, moe.experts});
        matrix("ffn_up_exps.weight", Shape{d, moe.length, moe.experts});
    }
    matrix("ffn_down_exps.weight", Shape{moe.length, d, moe.experts});
    if (moe.bias) {
        list.layer_f32(layer, "ffn_gate_inp.bias", Shape{moe.experts});
        list.layer_f32(layer, "ffn_gate_exps.bias", Shape{moe.length, moe.experts});
        list.layer_f32(layer, "ffn_up_exps.bias", Shape{moe.length, moe.experts});
        list.layer_f32(layer, "ffn_down_exps.bias", Shape{d, moe.experts});
    }
}

}  // namespace

void add_per_layer_input(TensorList& list, const ModelSpec& model, std::size_t layer) {
    const std::int64_t d = model.embedding_length, own = model.per_layer_length;
    list.layer_weight(layer, "inp_gate.weight", Shape{d, own});
    list.layer_weight(layer, "proj.weight", Shape{own, d});
    list.layer_f32(layer, "post_norm.weight", Shape{d});
}

void add_feed_forward(TensorList& list, const ModelSpec& model, std::size_t layer, const FeedForward& feed_forward,
                      std::string_view norm_name) {
    if (std::holds_alternative<NoFeedForward>(feed_forward)) return;
    const std::int64_t d = model.embedding_length;
    const LayerSpec& spec = model.layers[layer];
    const bool own_norm = !norm_name.empty() && (spec.sum == LayerSum::network_attended ||
                                                 spec.sum == LayerSum::attended_network ||
                                                 spec.sum == LayerSum::network_x_attended ||
                                                 spec.sum == LayerSum::experts_on_input ||
                                                 spec.sum == LayerSum::network_x_attention);
    if (own_norm && spec.norms != NormPlacement::after && !spec.parallel)
        list.layer_norm(layer, norm_name, model.norm, d);
    if (spec.norms != NormPlacement::before) list.layer_f32(layer, "post_ffw_norm.weight", Shape{d});
    if (const auto* dense = std::get_if<DenseFeedForward>(&feed_forward)) {
        add_dense_matrices(list, d, layer, *dense);
        return;
    }
    const auto& moe = std::get<ExpertFeedForward>(feed_forward);
    list.layer_f32(layer, "ffn_gate_inp.weight", Shape{d, moe.experts});
    if (moe.probs_bias) list.layer_f32(layer, "exp_probs_b.bias", Shape{moe.experts});
    if (moe.latent_length > 0) {
        const std::string name = moe.latent_norm ? "ffn_routed_" : "ffn_latent_";
        list.layer_weight(layer, name + "down.weight", Shape{d, moe.latent_length});
        list.layer_weight(layer, name + "up.weight", Shape{moe.latent_length, d});
        if (moe.latent_norm) list.layer_f32(layer, name + "norm.weight", Shape{moe.latent_length});
    }
    add_routed_experts(list, moe.latent_length > 0 ? moe.latent_length : d, layer, moe);
    if (moe.expert_scales) list.layer_f32(layer, "ffn_down_exps.scale", Shape{moe.experts});
    if (moe.own_norms) {
        list.layer_f32(layer, "ffn_gate_inp.scale", Shape{d});
        list.layer_f32(layer, "pre_ffw_norm_2.weight", Shape{d});
        list.layer_f32(layer, "post_ffw_norm_1.weight", Shape{d});
        list.layer_f32(layer, "post_ffw_norm_2.weight", Shape{d});
        add_dense_matrices(list, d, layer, DenseFeedForward{moe.shared_length});  // the shared expert goes by these names
        return;
    }
    if (moe.shared_dense && moe.shared_length > 0) {
        add_dense_matrices(list, d, layer, DenseFeedForward{moe.shared_length});
        return;
    }
    if (moe.shared_length > 0) {
        if (moe.shared_gate) list.layer_f32(layer, "ffn_gate_inp_shexp.weight", Shape{d});
        if (moe.gated) list.layer_weight(layer, "ffn_gate_shexp.weight", Shape{d, moe.shared_length});
        list.layer_weight(layer, "ffn_up_shexp.weight", Shape{d, moe.shared_length});
        list.layer_weight(layer, "ffn_down_shexp.weight", Shape{moe.shared_length, d});
    }
}

// Source: DeepSeek-V3, arXiv:2412.19437 §2.2: the stream and the next token's embedding, joined and projected.
void add_next_token(TensorList& list, const ModelSpec& model, std::size_t layer, const NextToken& own) {
    const std::int64_t d = model.embedding_length;
    list.layer_weight(layer, "nextn.eh_proj.weight", Shape{checked_mul(2, d), d});
    list.layer_f32(layer, "nextn.enorm.weight", Shape{d});
    list.layer_f32(layer, "nextn.hnorm.weight", Shape{d});
    list.layer_f32(layer, own.norm, Shape{d});
    if (own.embedding) list.layer_weight(layer, "nextn.embed_tokens.weight", Shape{d, model.vocab_size});
    if (own.output) list.layer_weight(layer, "nextn.shared_head_head.weight", Shape{d, model.vocab_size});
}

}  // namespace fitcalc::architectures
