// How the fields of each family of Hugging Face classes become dimensions: one function for each shape of
// configuration. Source: llama.cpp de3ff81, conversion/*.py (set_gguf_parameters of the class named).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fitcalc/dimensions.hpp"
#include "hf_fields.hpp"

namespace fitcalc::hf {

// What a mapping reads and fills in.
struct Import {
    Fields fields;
    std::string model_class;
    std::string architecture;
    Dimensions dims;
    std::vector<std::string> warnings;

    std::uint32_t layers() const { return dims.block_count.value_or(0); }
    std::uint32_t head_length() const;  // stated, else embedding_length / head_count
};

// Biases of the attention matrices. `stated` are where the configuration says attention_bias.
enum class Biases { none, stated_qkv, stated_all, qkv, all };

// What every class has (conversion/base.py, TextModel.set_gguf_parameters), tied embeddings and biases.
void map_common(Import& in, bool tied_by_default, Biases biases);

// Shared by the mappings.
std::uint32_t layer_count(const Fields& fields);
std::uint32_t hidden_size(const Fields& fields);
PerLayer head_count(const Fields& fields);
std::uint32_t product(std::uint64_t a, std::uint64_t b, const char* field);  // rejects the field where it is beyond any dimension
void set_head_length(Import& in, Dimension length);
void add_rope_dimensions(Import& in, double default_share);  // of each head; stated as partial_rotary_factor
void add_llama3_rope_factors(Import& in);                    // a rope_freqs tensor where the scaling is Llama 3's
void add_long_rope_factors(Import& in);                      // rope_factors_long and _short where it is LongRoPE
void add_expert_weights_norm(Import& in);                    // where the converter writes it: norm_topk_prob
std::string rope_type(const Fields& fields);
std::vector<std::string> layer_types(const Import& in, const char* name);  // checked: one for each layer
void add_window(Import& in, const char* windowed_type);  // sliding_window and, from layer_types, its pattern
// The converter keeps them: block_count grows. Some have an embedding and an output matrix of their own.
void keep_next_token_layers(Import& in, FieldNames names, bool own_embeddings);
void drop_next_token_layers(Import& in, FieldNames names);  // the converter drops them: a warning says so

// hf_dense.cpp
void map_llama(Import& in);
void map_plain(Import& in);
void map_minicpm(Import& in);
void map_gptneox(Import& in);
void map_stablelm(Import& in);
void map_half_rotary(Import& in);   // half of each head unless stated (GLM 4)
void map_whole_rotary(Import& in);  // all of each head unless stated
void map_falcon(Import& in);
void map_mpt(Import& in);
void map_gpt2(Import& in);
void map_bigcode(Import& in);
void map_phi2(Import& in);
void map_phi3(Import& in);
void map_baichuan(Import& in);
void map_granite(Import& in);
void map_deci(Import& in);
void map_chatglm(Import& in);
void map_starcoder2(Import& in);
void map_pangu(Import& in);
void map_openelm(Import& in);
void map_jais(Import& in);
void map_jais2(Import& in);
void map_codeshell(Import& in);
void map_refact(Import& in);

// hf_experts.cpp
void map_qwen_moe(Import& in);
void map_qwen3vl(Import& in);
void map_hy_v3(Import& in);
void map_glm4_moe(Import& in);
void map_dots1(Import& in);
void map_deepseek(Import& in);
void map_minimax_m2(Import& in);
void map_dbrx(Import& in);
void map_ernie_moe(Import& in);
void map_hunyuan_moe(Import& in);
void map_phimoe(Import& in);
void map_grok(Import& in);
void map_bailing_moe(Import& in);
void map_bailing_moe2(Import& in);
void map_granite_moe(Import& in);
void map_smallthinker(Import& in);

// hf_sliding.cpp
void map_gemma(Import& in);
void map_gemma3(Import& in);
void map_gemma3n(Import& in);
void map_gemma4(Import& in);
void map_gpt_oss(Import& in);
void map_cohere(Import& in);
void map_cohere2(Import& in);
void map_olmo2(Import& in);
void map_exaone4(Import& in);
void map_llama4(Import& in);
void map_exaone_moe(Import& in);
void map_mimo2(Import& in);
void map_cohere2_moe(Import& in);
void map_afmoe(Import& in);
void map_mellum(Import& in);
void map_plamo3(Import& in);
void map_step35(Import& in);

// hf_latent.cpp
void map_deepseek2(Import& in);
void map_mistral3(Import& in);
void map_deepseek32(Import& in);
void map_glm_dsa(Import& in);
void map_deepseek4(Import& in);
void map_minicpm3(Import& in);
void map_kimi_k3(Import& in);
void map_kimi_linear(Import& in);

// hf_recurrent.cpp
void map_qwen3next(Import& in);
void map_qwen35(Import& in);
void map_mamba(Import& in);
void map_mamba2(Import& in);
void map_falcon_h1(Import& in);
void map_granite_hybrid(Import& in);
void map_nemotron_h(Import& in);
void map_lfm2(Import& in);
void map_lfm2_moe(Import& in);
void map_jamba(Import& in);
void map_rwkv7(Import& in);

}  // namespace fitcalc::hf
