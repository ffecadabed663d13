// Every way in which a config.json is refused: the field, and what is wrong with it.
#include <nlohmann/json.hpp>
#include <string>

#include "importers/hf_checkpoint.hpp"
#include "importers/hf_config.hpp"
#include "support/catch.hpp"

using namespace fitcalc;
using nlohmann::json;

namespace {

json plain(const std::string& model_class) {
    return {{"architectures", {model_class}}, {"num_hidden_layers", 4},   {"hidden_size", 64},
            {"num_attention_heads", 4},       {"num_key_value_heads", 2}, {"intermediate_size", 128},
            {"vocab_size", 1000},             {"max_position_embeddings", 4096}};
}

// What is said of a plain configuration of the class with other fields; null leaves one out.
std::string message_for(const std::string& model_class, const json& fields) {
    json config = plain(model_class);
    config.update(fields);
    const auto imported = import_hf_config(config.dump(), "config.json");
    REQUIRE_FALSE(imported);
    CHECK(imported.error().kind == ErrorKind::bad_data);
    return imported.error().message;
}

struct Case {
    const char* model_class;
    json fields;
    const char* message;
};

void check_all(const std::vector<Case>& cases) {
    for (const Case& each : cases) {
        INFO(each.model_class << " " << each.fields.dump());
        CHECK(message_for(each.model_class, each.fields) == std::string("config.json: ") + each.message);
    }
}

constexpr std::int64_t largest = 1 << 28;  // of any number in a config.json

}  // namespace

TEST_CASE("errors of config.json: kinds of values") {
    constexpr auto llama = "LlamaForCausalLM";
    check_all({
        {llama, {{"hidden_size", "64"}}, "hidden_size: not a whole number"},
        {llama, {{"hidden_size", 64.5}}, "hidden_size: not a whole number"},
        {llama, {{"hidden_size", -1}}, "hidden_size: out of range"},
        {llama, {{"hidden_size", -1.0}}, "hidden_size: out of range"},
        {llama, {{"hidden_size", largest + 1}}, "hidden_size: out of range"},
        {llama, {{"hidden_size", 1e300}}, "hidden_size: out of range"},
        {llama, {{"hidden_size", 18446744073709551615ull}}, "hidden_size: out of range"},
        {llama, {{"hidden_size", 0}}, "hidden_size: is 0"},
        {llama, {{"hidden_size", nullptr}}, "hidden_size: is missing"},
        {llama, {{"num_hidden_layers", nullptr}}, "num_hidden_layers: is missing"},
        {llama, {{"num_hidden_layers", 100000}}, "num_hidden_layers: more layers than any model has"},
        {llama, {{"vocab_size", nullptr}}, "vocab_size: is missing"},
        {llama, {{"max_position_embeddings", nullptr}}, "max_position_embeddings: is missing"},
        {llama, {{"max_position_embeddings", 0}}, "max_position_embeddings: is missing"},
        {llama, {{"num_attention_heads", nullptr}}, "num_attention_heads: is missing"},
        {llama, {{"num_attention_heads", 0}}, "num_attention_heads: is missing"},
        {llama, {{"head_dim", 0}}, "head_dim: is 0"},
        {llama, {{"num_key_value_heads", json::array()}}, "num_key_value_heads: an empty list"},
        {llama, {{"num_key_value_heads", std::vector<int>(4097, 1)}}, "num_key_value_heads: a list of more than 4096 entries"},
        {llama, {{"num_key_value_heads", {1, "2"}}}, "num_key_value_heads: not a whole number"},
        {llama, {{"tie_word_embeddings", 1}}, "tie_word_embeddings: not true or false"},
        {"Glm4ForCausalLM", {{"partial_rotary_factor", "half"}}, "partial_rotary_factor: not a number"},
        {"Glm4ForCausalLM", {{"partial_rotary_factor", 1e10}}, "partial_rotary_factor: out of range"},
        {llama, {{"model_type", 5}}, "model_type: not a text"},
        {llama, {{"architectures", "LlamaForCausalLM"}}, "architectures: not a list"},
        {llama, {{"architectures", {5}}}, "architectures: not a list of texts"},
        {"Glm4ForCausalLM", {{"partial_rotary_factor", 1.5}}, "partial_rotary_factor: not a share from 0 to 1"},
    });
}

TEST_CASE("errors of config.json: families") {
    check_all({
        {"MPTForCausalLM", {{"expansion_ratio", 16}}, "expansion_ratio: out of range"},
        {"DeciLMForCausalLM", {{"block_configs", {1}}}, "block_configs: not a list of objects"},
        {"DeciLMForCausalLM", {{"block_configs", {json::object()}}}, "block_configs: not as many as there are layers"},
        {"DeciLMForCausalLM", {{"num_hidden_layers", 1}, {"block_configs", {json::object()}}},
         "block_configs: an entry without attention or ffn"},
        {"DeciLMForCausalLM",
         {{"num_hidden_layers", 1}, {"block_configs", {{{"attention", {{"n_heads_in_group", 2}}}, {"ffn", {{"ffn_mult", 65}}}}}}},
         "block_configs.ffn.ffn_mult: out of range"},
        {"DeciLMForCausalLM",
         {{"num_hidden_layers", 1},
          {"hidden_size", largest},
          {"block_configs", {{{"attention", {{"n_heads_in_group", 2}}}, {"ffn", {{"ffn_mult", 64}}}}}}},
         "block_configs.ffn.ffn_mult: out of range"},
        {"OpenELMForCausalLM", {{"max_context_length", 2048}, {"head_dim", 64}, {"ffn_dim_divisor", 0}}, "ffn_dim_divisor: is 0"},
        {"OpenELMForCausalLM",
         {{"max_context_length", 2048}, {"head_dim", 64}, {"ffn_dim_divisor", 256}, {"ffn_multipliers", {-1.0}}},
         "ffn_multipliers: out of range"},
        {"OpenELMForCausalLM",
         {{"max_context_length", 2048}, {"head_dim", 64}, {"ffn_dim_divisor", 256}, {"ffn_multipliers", {1.0}}},
         "ffn_multipliers: not as many entries as there are layers"},
        {"Glm4ForCausalLM", {{"num_attention_heads", nullptr}}, "num_attention_heads: is missing"},
        {"HYV3ForCausalLM", {{"moe_intermediate_size", largest}, {"num_shared_experts", 9}}, "num_shared_experts: out of range"},
        {"ExaoneMoEForCausalLM", {{"moe_intermediate_size", largest}, {"num_shared_experts", 9}},
         "num_shared_experts: out of range"},
        {"ExaoneMoEForCausalLM",
         {{"moe_intermediate_size", 64}, {"num_shared_experts", 1}, {"num_nextn_predict_layers", 17}},
         "num_nextn_predict_layers: more next-token layers than any model has"},
        {"Ernie4_5_MoeForCausalLM",
         {{"moe_num_experts", 8}, {"moe_k", 2}, {"moe_intermediate_size", largest}, {"moe_num_shared_experts", 9}},
         "moe_num_shared_experts: out of range"},
        {"Exaone4ForCausalLM", {{"sliding_window", 64}, {"sliding_window_pattern", ""}}, "sliding_window_pattern: empty"},
        {"Exaone4ForCausalLM", {{"sliding_window", 64}, {"layer_types", {"sliding_attention"}}},
         "layer_types: has 1 entries for 4 layers"},
        {"Step3p5ForCausalLM", {{"layer_types", {"sliding_attention"}}}, "layer_types: fewer entries than there are layers"},
        {"Step3p5ForCausalLM",
         {{"layer_types", std::vector<std::string>(4, "sliding_attention")},
          {"sliding_window", 64},
          {"moe_num_experts", 8},
          {"moe_top_k", 2},
          {"moe_intermediate_size", 64},
          {"moe_layers_enum", "5,6"}},
         "moe_layers_enum: names a layer that is not there"},
        {"MiMoV2FlashForCausalLM", {{"hybrid_layer_pattern", {1}}},
         "hybrid_layer_pattern: not as many entries as there are layers"},
        {"Gemma4ForCausalLM", {{"head_dim", 16}, {"global_head_dim", 16}, {"use_double_wide_mlp", true}, {"num_kv_shared_layers", 5}},
         "num_kv_shared_layers: more than there are layers"},
        {"KimiLinearForCausalLM", {{"qk_rope_head_dim", 16}, {"qk_nope_head_dim", 16}, {"v_head_dim", 16}}, "linear_attn_config: is missing"},
        {"KimiLinearForCausalLM",
         {{"qk_rope_head_dim", 16}, {"qk_nope_head_dim", 16}, {"v_head_dim", 16}, {"linear_attn_config", {{"full_attn_layers", {0}}}}},
         "linear_attn_config.full_attn_layers: names a layer that is not there"},
        {"KimiLinearForCausalLM",
         {{"qk_rope_head_dim", 16}, {"qk_nope_head_dim", 16}, {"v_head_dim", 16}, {"linear_attn_config", {{"full_attn_layers", {5}}}}},
         "linear_attn_config.full_attn_layers: names a layer that is not there"},
        {"DeepseekV4ForCausalLM",
         {{"q_lora_rank", 64}, {"o_lora_rank", 64}, {"o_groups", 2}, {"qk_rope_head_dim", 16}, {"compress_ratios", {4}}},
         "compress_ratios: fewer entries than there are layers"},
        {"Mamba2ForCausalLM", {{"head_dim", 0}}, "head_dim: is 0"},
        {"NemotronHForCausalLM", json::object(), "hybrid_override_pattern: is missing"},
        {"NemotronHForCausalLM", {{"hybrid_override_pattern", "M*"}}, "hybrid_override_pattern: has 2 letters for 4 layers"},
        {"NemotronHForCausalLM",
         {{"hybrid_override_pattern", "M*M-"},
          {"head_dim", 16},
          {"conv_kernel", 4},
          {"ssm_state_size", 16},
          {"n_groups", 1},
          {"mamba_num_heads", largest},
          {"mamba_head_dim", 64}},
         "mamba_num_heads: out of range"},
        {"Lfm2ForCausalLM",
         {{"layer_types", {"conv", "conv", "conv", "full_attention"}},
          {"conv_L_cache", 3},
          {"block_auto_adjust_ff_dim", true},
          {"block_ffn_dim_multiplier", 65}},
         "block_ffn_dim_multiplier: out of range"},
    });
}

TEST_CASE("errors of config.json: the text itself") {
    const auto message = [](const std::string& text) { return import_hf_config(text, "config.json").error().message; };
    CHECK(message("") == "config.json: no valid JSON at byte 1");
    CHECK(message("[]") == "config.json: not a JSON object");
    CHECK(message(R"({"a": 1)").starts_with("config.json: no valid JSON at byte "));
    std::string deep;
    for (int i = 0; i < 40; ++i) deep += "[";
    CHECK(message(R"({"a": )" + deep + std::string(40, ']') + "}") == "config.json: nested too deeply");
    CHECK(message(std::string((16u << 20) + 1, ' ')) == "config.json: larger than 16 MiB");

    const Error nameless = import_hf_config("{}", "config.json").error();
    CHECK(nameless.kind == ErrorKind::unsupported);
    CHECK(nameless.message == "config.json: names no model class: 'architectures' and 'model_type' are missing");
    const Error unknown = import_hf_config(R"({"architectures": ["LlamaForCausalM"]})", "config.json").error();
    CHECK(unknown.kind == ErrorKind::unsupported);
    CHECK(unknown.message == "config.json: model class 'LlamaForCausalM' is not one that llama.cpp's conversion is known for");
    CHECK(unknown.hint.starts_with("nearest: LlamaForCausalLM"));
}

TEST_CASE("errors of a checkpoint's config.json") {
    const auto error = [](const std::string& text) { return read_checkpoint_config(text, "config.json").error(); };
    CHECK(error("[]").message == "config.json: not a JSON object");
    CHECK(error("{").message == "config.json: no valid JSON at byte 2");
    // Parameters of a picture tower beyond 64 bits, and patches of no size.
    CHECK(error(R"({"vision_config": {"model_type": "qwen3_vl", "hidden_size": 1000000, "spatial_merge_size": 1000000}})").message ==
          "config.json: vision_config: sizes that do not fit in 64 bits");
    const auto siglip = [](const std::string& patch) {
        return read_checkpoint_config(R"({"model_type": "gemma3", "hidden_size": 64, "vision_config": {"model_type": "siglip_vision_model",
            "hidden_size": 64, "intermediate_size": 64, "num_hidden_layers": 1, "image_size": 28)" + patch + "}}", "config.json")->vision;
    };
    CHECK(siglip(R"(, "patch_size": 0)") == siglip(""));
    CHECK(error(R"({"quantization_config": {"quant_method": "squeeze"}})").kind == ErrorKind::unsupported);
    CHECK(error(R"({"quantization_config": {"quant_method": "squeeze"}})").message ==
          "config.json: quantization_config names 'squeeze', which is no known format");
    CHECK(open_checkpoint_config("model.gguf", {}).error().message ==
          "model.gguf: serving engines read Hugging Face checkpoints, not GGUF files");
}
