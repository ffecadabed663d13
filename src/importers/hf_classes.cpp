// Class names and architectures: llama.cpp de3ff81, conversion/*.py (ModelBase.register). Defaults for tied embeddings:
// the configuration classes of transformers 4.57, which leave a default out of the file.
#include "hf_classes.hpp"

#include <algorithm>
#include <vector>

#include "catalog/names.hpp"

namespace fitcalc::hf {
namespace {

constexpr bool tied = true, untied = false;

// clang-format off
constexpr ModelClass all_classes[] = {
    // Llama and its like
    {"LlamaForCausalLM", "llama", "llama", map_llama, untied, Biases::stated_all},
    {"LLaMAForCausalLM", "", "llama", map_llama, untied, Biases::stated_all},
    {"MistralForCausalLM", "mistral", "llama", map_llama},
    {"MixtralForCausalLM", "mixtral", "llama", map_llama},
    {"InternLM3ForCausalLM", "internlm3", "llama", map_llama},
    {"AquilaForCausalLM", "aquila", "llama", map_llama},
    {"YiForCausalLM", "Yi", "llama", map_llama},
    {"LlavaForConditionalGeneration", "llava", "llama", map_llama},
    {"Mistral3ForConditionalGeneration", "mistral3", "mistral3", map_mistral3},
    {"Ministral3ForCausalLM", "ministral3", "mistral3", map_mistral3},
    {"SmolLM3ForCausalLM", "smollm3", "smollm3", map_llama, tied},
    {"MiniCPMForCausalLM", "minicpm", "minicpm", map_minicpm, tied},
    {"ArceeForCausalLM", "arcee", "arcee", map_llama},
    {"ApertusForCausalLM", "apertus", "apertus", map_llama},
    {"DeciLMForCausalLM", "nemotron-nas", "deci", map_deci},
    {"GraniteForCausalLM", "granite", "granite", map_granite},
    {"GraniteMoeForCausalLM", "granitemoe", "granitemoe", map_granite_moe},
    {"GraniteMoeSharedForCausalLM", "granitemoeshared", "granitemoe", map_granite_moe},
    {"Ernie4_5ForCausalLM", "ernie4_5", "ernie4_5", map_plain, tied},
    {"SeedOssForCausalLM", "seed_oss", "seed_oss", map_plain, untied, Biases::stated_qkv},
    {"ExaoneForCausalLM", "exaone", "exaone", map_whole_rotary},
    {"InternLM2ForCausalLM", "internlm2", "internlm2", map_plain},
    {"BaichuanForCausalLM", "baichuan", "baichuan", map_baichuan},
    {"BaiChuanForCausalLM", "", "baichuan", map_baichuan},
    {"OrionForCausalLM", "orion", "orion", map_baichuan},
    {"XverseForCausalLM", "xverse", "xverse", map_baichuan},
    {"HunYuanDenseV1ForCausalLM", "hunyuan_v1_dense", "hunyuan-dense", map_plain, tied},
    {"HunYuanVLForConditionalGeneration", "hunyuan_vl", "hunyuan_vl", map_plain, tied},
    {"PaddleOCRVLForConditionalGeneration", "paddleocr_vl", "paddleocr", map_plain},
    {"PanguEmbeddedForCausalLM", "PanguEmbedded", "pangu-embedded", map_pangu},
    {"MaincoderForCausalLM", "maincoder", "maincoder", map_plain, tied},
    {"OpenELMForCausalLM", "openelm", "openelm", map_openelm, tied},

    // Qwen
    {"QWenLMHeadModel", "qwen", "qwen", map_plain, untied, Biases::qkv},
    {"Qwen2ForCausalLM", "qwen2", "qwen2", map_plain, untied, Biases::qkv},
    {"Qwen2VLForConditionalGeneration", "qwen2_vl", "qwen2vl", map_plain, untied, Biases::qkv},
    {"Qwen2_5_VLForConditionalGeneration", "qwen2_5_vl", "qwen2vl", map_plain, untied, Biases::qkv},
    {"Qwen2MoeForCausalLM", "qwen2_moe", "qwen2moe", map_qwen_moe, untied, Biases::qkv},
    {"Qwen3ForCausalLM", "qwen3", "qwen3", map_plain, untied, Biases::stated_qkv},
    {"Qwen3MoeForCausalLM", "qwen3_moe", "qwen3moe", map_qwen_moe, untied, Biases::stated_qkv},
    {"Qwen3VLForConditionalGeneration", "qwen3_vl", "qwen3vl", map_qwen3vl},
    {"Qwen3VLMoeForConditionalGeneration", "qwen3_vl_moe", "qwen3vlmoe", map_qwen3vl},
    {"Qwen3OmniMoeForConditionalGeneration", "qwen3_omni_moe", "qwen3vlmoe", map_qwen3vl},
    {"Qwen3NextForCausalLM", "qwen3_next", "qwen3next", map_qwen3next},
    {"Qwen3_5ForConditionalGeneration", "qwen3_5", "qwen35", map_qwen35},
    {"Qwen3_5ForCausalLM", "qwen3_5_text", "qwen35", map_qwen35},
    {"Qwen3_5MoeForConditionalGeneration", "qwen3_5_moe", "qwen35moe", map_qwen35},
    {"Qwen3_5MoeForCausalLM", "qwen3_5_moe_text", "qwen35moe", map_qwen35},

    // Dense, with networks, norms or rotary embeddings of their own
    {"FalconForCausalLM", "falcon", "falcon", map_falcon},
    {"MptForCausalLM", "mpt", "mpt", map_mpt, tied},
    {"MPTForCausalLM", "", "mpt", map_mpt, tied},
    {"GPT2LMHeadModel", "gpt2", "gpt2", map_gpt2, tied, Biases::all},
    {"GPTBigCodeForCausalLM", "gpt_bigcode", "starcoder", map_bigcode, tied, Biases::all},
    {"BloomForCausalLM", "bloom", "bloom", map_gpt2, tied, Biases::all},
    {"GPTNeoXForCausalLM", "gpt_neox", "gptneox", map_gptneox, untied, Biases::all},
    {"JAISLMHeadModel", "jais", "jais", map_jais, untied, Biases::all},
    {"Jais2ForCausalLM", "jais2", "jais2", map_jais2, untied, Biases::all},
    {"CodeShellForCausalLM", "codeshell", "codeshell", map_codeshell, untied, Biases::all},
    {"GPTRefactForCausalLM", "gpt_refact", "refact", map_refact, tied},
    {"PhiForCausalLM", "phi", "phi2", map_phi2, untied, Biases::all},
    {"Phi3ForCausalLM", "phi3", "phi3", map_phi3},
    {"PhiMoEForCausalLM", "phimoe", "phimoe", map_phimoe, untied, Biases::stated_all},
    {"StableLmForCausalLM", "stablelm", "stablelm", map_stablelm},
    {"StableLMEpochForCausalLM", "stablelm_epoch", "stablelm", map_stablelm},
    {"Starcoder2ForCausalLM", "starcoder2", "starcoder2", map_starcoder2, tied},
    {"OlmoForCausalLM", "olmo", "olmo", map_plain},
    {"NemotronForCausalLM", "nemotron", "nemotron", map_half_rotary},
    {"GlmForCausalLM", "glm", "chatglm", map_chatglm, untied, Biases::stated_qkv},
    {"ChatGLMModel", "chatglm", "chatglm", map_chatglm},
    {"ChatGLMForConditionalGeneration", "", "chatglm", map_chatglm},
    {"Glm4ForCausalLM", "glm4", "glm4", map_half_rotary, untied, Biases::stated_qkv},
    {"Glm4vForConditionalGeneration", "glm4v", "glm4", map_half_rotary, untied, Biases::stated_qkv},

    // Mixture of experts
    {"Glm4MoeForCausalLM", "glm4_moe", "glm4moe", map_glm4_moe, untied, Biases::stated_qkv},
    {"Glm4vMoeForConditionalGeneration", "glm4v_moe", "glm4moe", map_glm4_moe, untied, Biases::stated_qkv},
    {"Dots1ForCausalLM", "dots1", "dots1", map_dots1},
    {"DeepseekForCausalLM", "deepseek", "deepseek", map_deepseek},
    {"MiniMaxM2ForCausalLM", "minimax_m2", "minimax-m2", map_minimax_m2},
    {"DbrxForCausalLM", "dbrx", "dbrx", map_dbrx},
    {"OlmoeForCausalLM", "olmoe", "olmoe", map_plain},
    {"Ernie4_5_MoeForCausalLM", "ernie4_5_moe", "ernie4_5-moe", map_ernie_moe, tied},
    {"HunYuanMoEV1ForCausalLM", "hunyuan_v1_moe", "hunyuan-moe", map_hunyuan_moe},
    {"HYV3ForCausalLM", "hy_v3", "hy_v3", map_hy_v3},
    {"BailingMoeForCausalLM", "bailing_moe", "bailingmoe", map_bailing_moe},
    {"BailingMoeV2ForCausalLM", "bailing_moe_v2", "bailingmoe2", map_bailing_moe2},
    {"ArcticForCausalLM", "arctic", "arctic", map_whole_rotary},
    {"SmallThinkerForCausalLM", "smallthinker", "smallthinker", map_smallthinker},
    {"Grok1ForCausalLM", "grok-1", "grok", map_grok, tied},
    {"GrokForCausalLM", "", "grok", map_grok, tied},

    // Sliding windows
    {"GemmaForCausalLM", "gemma", "gemma", map_gemma, tied},
    {"Gemma2ForCausalLM", "gemma2", "gemma2", map_gemma, tied},
    {"Gemma3ForCausalLM", "gemma3_text", "gemma3", map_gemma3, tied},
    {"Gemma3ForConditionalGeneration", "gemma3", "gemma3", map_gemma3, tied},
    {"Gemma3nForConditionalGeneration", "gemma3n", "gemma3n", map_gemma3n, tied},
    {"Gemma3nForCausalLM", "gemma3n_text", "gemma3n", map_gemma3n, tied},
    {"Gemma4ForConditionalGeneration", "gemma4", "gemma4", map_gemma4, tied},
    {"Gemma4UnifiedForConditionalGeneration", "gemma4_unified", "gemma4", map_gemma4, tied},
    {"Gemma4ForCausalLM", "gemma4_text", "gemma4", map_gemma4, tied},
    {"GptOssForCausalLM", "gpt_oss", "gpt-oss", map_gpt_oss, untied, Biases::all},
    {"CohereForCausalLM", "cohere", "command-r", map_cohere, tied},
    {"Cohere2ForCausalLM", "cohere2", "cohere2", map_cohere2, tied},
    {"Cohere2MoeForCausalLM", "cohere2_moe", "cohere2moe", map_cohere2_moe, tied},
    {"AfmoeForCausalLM", "afmoe", "afmoe", map_afmoe},
    {"MellumForCausalLM", "mellum", "mellum", map_mellum},
    {"Plamo3ForCausalLM", "plamo3", "plamo3", map_plamo3, tied},
    {"PLaMo3ForCausalLM", "", "plamo3", map_plamo3, tied},
    {"Olmo2ForCausalLM", "olmo2", "olmo2", map_olmo2},
    {"Olmo3ForCausalLM", "olmo3", "olmo2", map_olmo2},
    {"Exaone4ForCausalLM", "exaone4", "exaone4", map_exaone4},
    {"Exaone4_5_ForConditionalGeneration", "exaone4_5", "exaone4", map_exaone4},
    {"Llama4ForConditionalGeneration", "llama4", "llama4", map_llama4},
    {"Llama4ForCausalLM", "llama4_text", "llama4", map_llama4},
    {"ExaoneMoEForCausalLM", "exaone_moe", "exaone-moe", map_exaone_moe},
    {"ExaoneMoeForCausalLM", "", "exaone-moe", map_exaone_moe},
    {"MiMoV2FlashForCausalLM", "mimo_v2_flash", "mimo2", map_mimo2},
    {"MiMoV2ForCausalLM", "mimo_v2", "mimo2", map_mimo2},
    {"Step3p5ForCausalLM", "step3p5", "step35", map_step35},
    {"Step3p7ForConditionalGeneration", "step3p7", "step35", map_step35},
    {"Step3p7FlashForCausalLM", "", "step35", map_step35},

    // Latent attention
    {"DeepseekV2ForCausalLM", "deepseek_v2", "deepseek2", map_deepseek2},
    {"DeepseekV3ForCausalLM", "deepseek_v3", "deepseek2", map_deepseek2},
    {"KimiVLForConditionalGeneration", "kimi_vl", "deepseek2", map_deepseek2},
    {"KimiK25ForConditionalGeneration", "kimi_k25", "deepseek2", map_deepseek2},
    {"Glm4MoeLiteForCausalLM", "glm4_moe_lite", "deepseek2", map_deepseek2},
    {"MistralLarge3ForCausalLM", "mistral_large_3", "deepseek2", map_deepseek2},
    {"DeepseekV32ForCausalLM", "deepseek_v32", "deepseek32", map_deepseek32},
    {"GlmMoeDsaForCausalLM", "glm_moe_dsa", "glm-dsa", map_glm_dsa},
    {"DeepseekV4ForCausalLM", "deepseek_v4", "deepseek4", map_deepseek4},
    {"MiniCPM3ForCausalLM", "minicpm3", "minicpm3", map_minicpm3, tied},
    {"KimiLinearForCausalLM", "kimi_linear", "kimi-linear", map_kimi_linear},
    {"KimiLinearModel", "", "kimi-linear", map_kimi_linear},
    {"KimiK3ForConditionalGeneration", "kimi_k3", "kimi-k3", map_kimi_k3},

    // Recurrent layers
    {"MambaForCausalLM", "mamba", "mamba", map_mamba, tied},
    {"FalconMambaForCausalLM", "falcon_mamba", "mamba", map_mamba, tied},
    {"Mamba2ForCausalLM", "mamba2", "mamba2", map_mamba2},
    {"FalconH1ForCausalLM", "falcon_h1", "falcon-h1", map_falcon_h1},
    {"GraniteMoeHybridForCausalLM", "granitemoehybrid", "granitehybrid", map_granite_hybrid},
    {"NemotronH_Nano_VL_V2", "NemotronH_Nano_VL_V2", "nemotron_h", map_nemotron_h},
    {"NemotronHForCausalLM", "nemotron_h", "nemotron_h", map_nemotron_h},
    {"Lfm2ForCausalLM", "lfm2", "lfm2", map_lfm2, tied},
    {"Lfm2VlForConditionalGeneration", "lfm2_vl", "lfm2", map_lfm2, tied},
    {"Lfm2MoeForCausalLM", "lfm2_moe", "lfm2moe", map_lfm2_moe, tied},
    {"JambaForCausalLM", "jamba", "jamba", map_jamba},
    {"RWKV7ForCausalLM", "rwkv7", "rwkv7", map_rwkv7},
};
// clang-format on

}  // namespace

const ModelClass* find_class(std::string_view name) {
    const auto found = std::ranges::find(all_classes, name, &ModelClass::name);
    return name.empty() || found == std::end(all_classes) ? nullptr : found;
}

const ModelClass* find_class_of_type(std::string_view model_type) {
    const auto found = std::ranges::find(all_classes, model_type, &ModelClass::model_type);
    return model_type.empty() || found == std::end(all_classes) ? nullptr : found;
}

std::string nearest_classes(std::string_view name) {
    std::vector<std::string_view> names;
    for (const ModelClass& each : all_classes) names.push_back(each.name);
    std::string out;
    for (const std::string_view near : nearest(name, names, 3)) (out += out.empty() ? "" : ", ") += near;
    return out;
}

}  // namespace fitcalc::hf
