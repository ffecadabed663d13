// Transformers whose layers partly attend to a sliding window.
#include <algorithm>
#include <cstdlib>

#include "hf_mapping.hpp"

namespace fitcalc::hf {
namespace {

// Class defaults that the released configurations leave out and the converter supplies (Gemma3Model).
constexpr std::uint32_t gemma3_context = 131'072, gemma3_heads = 8, gemma3_kv_heads = 4, gemma3_head_length = 256;
// Of Gemma3TextConfig in transformers; the converter takes it from the embedding itself.
constexpr std::uint32_t gemma3_vocabulary = 262'208;

}  // namespace

void map_gemma(Import& in) {
    in.dims.sliding_window = in.model_class.starts_with("Gemma2") ? in.fields.number({"sliding_window"}) : Dimension{};
}

void map_gemma3(Import& in) {
    Dimensions& d = in.dims;
    if (!d.context_length) d.context_length = gemma3_context;
    if (!d.head_count.known()) d.head_count = PerLayer{gemma3_heads};
    if (!d.head_count_kv.known()) d.head_count_kv = PerLayer{gemma3_kv_heads};
    if (!d.key_length) d.key_length = d.value_length = gemma3_head_length;
    if (!d.vocab_size) d.vocab_size = gemma3_vocabulary;
    if (in.fields.number({"sliding_window_pattern"}) != 1u) d.sliding_window = in.fields.number({"sliding_window"});
}

// Gemma3NModel. Only the rows of the per-layer embedding's vocabulary are in the file.
void map_gemma3n(Import& in) {
    Dimensions& d = in.dims;
    if (const auto vocabulary = in.fields.number({"vocab_size_per_layer_input"})) d.vocab_size = vocabulary;
    add_window(in, "sliding_attention");
    d.embedding_length_per_layer_input = in.fields.require({"hidden_size_per_layer_input"});
    d.shared_kv_layers = in.fields.number({"num_kv_shared_layers"});
    d.altup_num_inputs = in.fields.number({"altup_num_inputs"});
}

// Gemma4Model: windowed layers have their own head length and KV heads.
void map_gemma4(Import& in) {
    Dimensions& d = in.dims;
    const std::uint32_t windowed = in.fields.require({"head_dim"});
    const std::uint32_t whole = in.fields.require({"global_head_dim"});
    const std::uint32_t shared = in.fields.number({"num_kv_shared_layers"}).value_or(0);
    add_window(in, "sliding_attention");
    d.key_length = d.value_length = whole;
    d.key_length_swa = d.value_length_swa = windowed;
    d.rope_dimension_count = whole;
    d.rope_dimension_count_swa = windowed;
    d.rope_factors = true;
    d.shared_kv_layers = shared;
    d.attention_k_eq_v = in.fields.flag("attention_k_eq_v").value_or(false);
    d.embedding_length_per_layer_input = in.fields.number({"hidden_size_per_layer_input"}).value_or(0);
    if (d.expert_count.value_or(0) > 0) {
        d.expert_feed_forward_length = in.fields.require({"moe_intermediate_size", "expert_intermediate_size"});
        d.expert_used_count = in.fields.require({"num_experts_per_tok", "top_k_experts"});
    }
    if (in.fields.flag("use_double_wide_mlp").value_or(false)) {
        const std::uint32_t length = in.fields.require({"intermediate_size"});
        if (shared > in.layers()) reject("num_kv_shared_layers", "more than there are layers");
        std::vector<std::uint32_t> each(in.layers(), length);
        for (std::size_t i = in.layers() - shared; i < each.size(); ++i) each[i] = 2 * length;
        d.feed_forward_length = PerLayer{std::move(each)};
    }
    const auto kv_whole = in.fields.number({"num_global_key_value_heads"});
    if (kv_whole && d.head_count_kv.known() && d.sliding_window_pattern.known()) {
        const std::uint32_t kv_windowed = d.head_count_kv.at(0);
        std::vector<std::uint32_t> each;
        for (const std::uint32_t window : d.sliding_window_pattern.values())
            each.push_back(window ? kv_windowed : *kv_whole);
        d.head_count_kv = PerLayer{std::move(each)};
    }
}

// GptOssModel.
void map_gpt_oss(Import& in) {
    in.dims.sliding_window = in.fields.require({"sliding_window"});
    in.dims.expert_feed_forward_length = in.fields.require({"intermediate_size"});
    in.dims.expert_used_count = in.fields.require({"num_experts_per_tok", "experts_per_token"});
}

// CommandR2Model: the tokenizer's limit is the context.
void map_cohere(Import& in) {
    if (const auto context = in.fields.number({"model_max_length"})) in.dims.context_length = context;
}

void map_cohere2(Import& in) {
    in.dims.sliding_window = in.fields.require({"sliding_window"});
    add_rope_dimensions(in, 1.0);
}

void map_olmo2(Import& in) {
    if (in.fields.has("layer_types")) add_window(in, "sliding_attention");
}

// Exaone4Model: the pattern is a list of layer types, letters that repeat ("LLLG") or a period.
void map_exaone4(Import& in) {
    add_llama3_rope_factors(in);
    add_window(in, "sliding_attention");
    const std::size_t layers = in.layers();
    if (in.dims.sliding_window && !in.dims.sliding_window_pattern.known() && in.fields.has("sliding_window_pattern")) {
        std::vector<std::uint32_t> each;
        if (in.fields.is_text("sliding_window_pattern")) {
            const std::string letters = in.fields.text("sliding_window_pattern");
            if (letters.empty()) reject("sliding_window_pattern", "empty");
            for (std::size_t i = 0; i < layers; ++i) each.push_back(letters[i % letters.size()] == 'L' ? 1 : 0);
        } else {
            const std::uint32_t period = in.fields.require({"sliding_window_pattern"});
            for (std::size_t i = 0; i < layers; ++i) each.push_back((i + 1) % period != 0 ? 1 : 0);
        }
        in.dims.sliding_window_pattern = PerLayer{std::move(each)};
    }
    if (in.model_class.starts_with("Exaone4_5")) keep_next_token_layers(in, {"num_nextn_predict_layers"}, false);
}

// Llama4Model: intermediate_size is the experts' length there, intermediate_size_mlp the dense network's.
void map_llama4(Import& in) {
    map_llama(in);
    in.dims.expert_feed_forward_length = in.fields.require({"intermediate_size"});
    in.dims.feed_forward_length = PerLayer{in.fields.require({"intermediate_size_mlp"})};
    in.dims.interleave_moe_layer_step = in.fields.require({"interleave_moe_layer_step"});
}

// ExaoneMoEModel.
void map_exaone_moe(Import& in) {
    map_exaone4(in);
    Dimensions& d = in.dims;
    d.expert_feed_forward_length = in.fields.require({"moe_intermediate_size"});
    d.expert_shared_feed_forward_length =
        product(*d.expert_feed_forward_length, in.fields.require({"num_shared_experts"}), "num_shared_experts");
    add_expert_weights_norm(in);
    d.expert_probs_bias = true;
    d.leading_dense_block_count =
        in.fields.number({"first_k_dense_replace", "first_last_k_dense_replace"}).value_or(0);
    keep_next_token_layers(in, {"num_nextn_predict_layers"}, false);
}

// Step35Model: layers with a window may have other head counts; next-token layers are in the lists, and full where not.
void map_step35(Import& in) {
    Dimensions& d = in.dims;
    const std::uint32_t layers = in.layers();
    keep_next_token_layers(in, {"num_nextn_predict_layers"}, false);
    auto types = in.fields.texts("layer_types");
    if (types.size() < layers) reject("layer_types", "fewer entries than there are layers");
    types.resize(in.layers(), "full_attention");
    const std::uint32_t heads = in.fields.require({"num_attention_heads"});
    const std::uint32_t kv_heads = in.fields.require({"num_attention_groups", "num_key_value_heads"});
    const auto other = in.fields.object("attention_other_setting");
    const std::uint32_t window_heads = other ? other->number({"num_attention_heads"}).value_or(heads) : heads;
    const std::uint32_t window_kv = other ? other->number({"num_attention_groups"}).value_or(kv_heads) : kv_heads;
    std::vector<std::uint32_t> each, each_kv, pattern;
    for (const std::string& type : types) {
        const bool window = type == "sliding_attention";
        each.push_back(window ? window_heads : heads);
        each_kv.push_back(window ? window_kv : kv_heads);
        pattern.push_back(window ? 1 : 0);
    }
    d.head_count = PerLayer{std::move(each)};
    d.head_count_kv = PerLayer{std::move(each_kv)};
    d.sliding_window_pattern = PerLayer{std::move(pattern)};
    d.sliding_window = in.fields.require({"sliding_window"});
    d.rope_dimension_count = in.head_length();
    d.expert_count = in.fields.require({"moe_num_experts", "num_experts"});
    d.expert_used_count = in.fields.require({"moe_top_k", "num_experts_per_tok"});
    d.expert_feed_forward_length = in.fields.require({"moe_intermediate_size"});
    const auto shared = in.fields.number({"share_expert_dim"});
    d.expert_shared_feed_forward_length = shared ? shared : d.expert_feed_forward_length;
    d.expert_weights_norm = in.fields.flag("norm_expert_weight");
    d.expert_probs_bias = true;
    d.attention_qk_norm = true;
    add_llama3_rope_factors(in);
    if (const auto leading = in.fields.number({"first_k_dense_replace"})) d.leading_dense_block_count = leading;
    const std::string moe_layers = in.fields.text("moe_layers_enum");  // "3,4,5,…"
    if (!moe_layers.empty()) {
        const auto first = std::strtoul(moe_layers.c_str(), nullptr, 10);
        if (first > layers) reject("moe_layers_enum", "names a layer that is not there");
        d.leading_dense_block_count = static_cast<std::uint32_t>(first);
    }
}

// MimoV2Model: three next-token layers, with windows, that config.json doesn't count.
void map_mimo2(Import& in) {
    constexpr std::uint32_t next_token_layers = 3;
    Dimensions& d = in.dims;
    auto pattern = in.fields.numbers("hybrid_layer_pattern");
    if (pattern.size() != in.layers()) reject("hybrid_layer_pattern", "not as many entries as there are layers");
    pattern.insert(pattern.end(), next_token_layers, 1);
    d.nextn_predict_layers = next_token_layers;
    d.block_count = in.layers() + next_token_layers;
    const std::uint32_t whole = in.fields.require({"num_key_value_heads"});
    const std::uint32_t windowed = in.fields.require({"swa_num_key_value_heads"});
    std::vector<std::uint32_t> kv;
    kv.reserve(pattern.size());
    for (const std::uint32_t window : pattern) kv.push_back(window == 1 ? windowed : whole);
    d.head_count_kv = PerLayer{std::move(kv)};
    d.sliding_window_pattern = PerLayer{std::move(pattern)};
    d.sliding_window = in.fields.require({"sliding_window"});
    d.value_length = in.fields.require({"v_head_dim"});
    // The first layers without experts.
    const auto experts = in.fields.numbers("moe_layer_freq");
    d.leading_dense_block_count =
        static_cast<std::uint32_t>(std::ranges::find(experts, 1u) - experts.begin());
    d.attention_fused = in.model_class == "MiMoV2ForCausalLM";
    d.expert_feed_forward_length = in.fields.require({"moe_intermediate_size"});
    d.expert_probs_bias = true;
    add_rope_dimensions(in, 1.0);
}

// Cohere2MoeModel: intermediate_size is the experts' length, that of the leading dense layers stands apart. The next-token
// layers stay in the file.
void map_cohere2_moe(Import& in) {
    Dimensions& d = in.dims;
    d.rope_dimension_count = in.head_length();
    add_window(in, "sliding_attention");
    d.expert_feed_forward_length = in.fields.require({"intermediate_size"});
    if (const auto dense = in.fields.number({"prefix_dense_intermediate_size", "dense_intermediate_size"}))
        d.feed_forward_length = PerLayer{*dense};
    const auto types = layer_types(in, "mlp_layer_types");
    d.leading_dense_block_count =
        types.empty() ? in.fields.number({"first_k_dense_replace"}).value_or(0)
                      : static_cast<std::uint32_t>(std::ranges::find_if(types, [](auto& t) { return t != "dense"; }) -
                                                   types.begin());
    d.expert_weights_norm = in.fields.flag("norm_topk_prob").value_or(false);
    d.expert_shared_count = in.fields.number({"num_shared_experts"}).value_or(0);
    keep_next_token_layers(in, {"num_nextn_predict_layers"}, false);
}

// AfmoeModel: the pattern of windows is the engine's own.
void map_afmoe(Import& in) {
    Dimensions& d = in.dims;
    map_llama(in);
    d.sliding_window = in.fields.number({"sliding_window"});
    d.expert_feed_forward_length = in.fields.require({"moe_intermediate_size"});
    d.expert_shared_count = in.fields.number({"num_shared_experts"}).value_or(0);
    d.leading_dense_block_count = in.fields.number({"num_dense_layers"}).value_or(0);
    d.expert_weights_norm = in.fields.flag("route_norm");
    d.expert_probs_bias = true;
}

// MellumModel.
void map_mellum(Import& in) {
    in.dims.expert_feed_forward_length = in.fields.require({"moe_intermediate_size"});
    if (in.fields.flag("use_sliding_window").value_or(true)) add_window(in, "sliding_attention");
}

// Plamo3Model.
void map_plamo3(Import& in) {
    in.dims.sliding_window = in.fields.number({"window_size", "sliding_window"});
    if (in.dims.sliding_window) in.dims.sliding_window_pattern = in.fields.per_layer({"sliding_window_pattern"});
}

}  // namespace fitcalc::hf
