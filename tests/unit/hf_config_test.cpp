// config.json to dimensions: each rule of the mapping, each error, and hostile text.
#include <string>

#include "importers/hf_config.hpp"
#include "support/catch.hpp"

using namespace fitcalc;

namespace {

ImportedConfig imported(const std::string& text) {
    const auto config = import_hf_config(text, "config.json");
    INFO((config ? std::string() : config.error().message));
    REQUIRE(config);
    return *config;
}

Error refused(const std::string& text) {
    const auto config = import_hf_config(text, "config.json");
    REQUIRE_FALSE(config);
    return config.error();
}

std::string llama(const std::string& more = "") {
    return R"({"architectures": ["LlamaForCausalLM"], "model_type": "llama", "num_hidden_layers": 2, "hidden_size": 64,
               "num_attention_heads": 4, "num_key_value_heads": 2, "intermediate_size": 128, "vocab_size": 1000,
               "max_position_embeddings": 4096)" +
           more + "}";
}

std::string of_class(const std::string& name, const std::string& more) {
    return R"({"architectures": [")" + name +
           R"("], "num_hidden_layers": 4, "hidden_size": 64, "num_attention_heads": 4,
               "num_key_value_heads": 2, "intermediate_size": 128, "vocab_size": 1000,
               "max_position_embeddings": 4096)" +
           more + "}";
}

using Values = std::vector<std::uint32_t>;

}  // namespace

TEST_CASE("a plain configuration") {
    const ImportedConfig config = imported(llama());
    CHECK(config.architecture == "llama");
    CHECK(config.model_class == "LlamaForCausalLM");
    const Dimensions& d = config.dimensions;
    CHECK(d.block_count == 2u);
    CHECK(d.embedding_length == 64u);
    CHECK(d.head_count == PerLayer{4});
    CHECK(d.head_count_kv == PerLayer{2});
    CHECK(d.feed_forward_length == PerLayer{128});
    CHECK(d.vocab_size == 1000u);
    CHECK(d.context_length == 4096u);
    CHECK(d.rope_dimension_count == 16u);
    CHECK_FALSE(d.key_length);
    CHECK(d.tied_embeddings == false);
    CHECK(d.attention_bias == false);
    CHECK(d.rope_factors == false);
    CHECK_FALSE(d.expert_count);
    REQUIRE(config.hf_attention);
    CHECK(config.hf_attention->kv_heads == 2);
    CHECK(config.warnings.empty());
}

TEST_CASE("what is stated wins over what follows from it") {
    CHECK(imported(llama(R"(, "head_dim": 32)")).dimensions.key_length == 32u);
    CHECK(imported(llama(R"(, "head_dim": 32)")).dimensions.rope_dimension_count == 32u);
    CHECK(imported(llama(R"(, "head_dim": null)")).dimensions.rope_dimension_count == 16u);
    CHECK(imported(llama(R"(, "tie_word_embeddings": true)")).dimensions.tied_embeddings == true);
    const auto biased = imported(llama(R"(, "attention_bias": true)")).dimensions;
    CHECK(biased.attention_bias == true);
    CHECK(biased.attention_output_bias == true);
    CHECK(imported(llama(R"(, "rope_scaling": {"rope_type": "llama3"})")).dimensions.rope_factors == true);
    CHECK(imported(llama(R"(, "rope_parameters": {"rope_type": "default"})")).dimensions.rope_factors == false);
}

TEST_CASE("tied embeddings follow the class where the file doesn't say") {
    CHECK(imported(of_class("GemmaForCausalLM", "")).dimensions.tied_embeddings == true);
    CHECK(imported(of_class("CohereForCausalLM", "")).dimensions.tied_embeddings == true);
    CHECK(imported(of_class("Qwen2ForCausalLM", "")).dimensions.tied_embeddings == false);
    CHECK(imported(of_class("Qwen2ForCausalLM", "")).dimensions.attention_bias == true);
}

TEST_CASE("a nested configuration comes before what is around it") {
    const ImportedConfig config = imported(R"({"architectures": ["Qwen3VLForConditionalGeneration"], "hidden_size": 9,
        "tie_word_embeddings": true, "vision_config": {"hidden_size": 7}, "text_config": {"num_hidden_layers": 4,
        "hidden_size": 64, "num_attention_heads": 4, "vocab_size": 1000, "max_position_embeddings": 4096}})");
    CHECK(config.architecture == "qwen3vl");
    CHECK(config.dimensions.embedding_length == 64u);
    CHECK(config.dimensions.tied_embeddings == true);
    REQUIRE(config.warnings.size() == 1);
    CHECK(config.warnings.front().find("mmproj") != std::string::npos);
    // The inner class where the outer one is unknown.
    CHECK(imported(R"({"architectures": ["SomeVisionModel"], "llm_config": )" + llama() + "}").architecture == "llama");
    CHECK(imported(R"({"model_type": "mistral", "num_hidden_layers": 1, "hidden_size": 64, "num_attention_heads": 4,
        "intermediate_size": 8, "vocab_size": 10, "max_position_embeddings": 64})")
              .architecture == "llama");
}

TEST_CASE("experts by any of their names") {
    const auto mixtral =
        imported(of_class("MixtralForCausalLM", R"(, "num_local_experts": 8, "num_experts_per_tok": 2)")).dimensions;
    CHECK(mixtral.expert_count == 8u);
    CHECK(mixtral.expert_used_count == 2u);
    const auto dots = imported(of_class("Dots1ForCausalLM", R"(, "n_routed_experts": 16, "num_experts_per_tok": 3,
        "n_shared_experts": 1, "moe_intermediate_size": 32, "first_k_dense_replace": 1)"))
                          .dimensions;
    CHECK(dots.expert_count == 16u);
    CHECK(dots.leading_dense_block_count == 1u);
    CHECK(dots.expert_feed_forward_length == 32u);
    const auto ernie = imported(of_class("Ernie4_5_MoeForCausalLM", R"(, "moe_num_experts": 64, "moe_k": 6,
        "moe_num_shared_experts": 2, "moe_intermediate_size": 96)"))
                           .dimensions;
    CHECK(ernie.expert_used_count == 6u);
    CHECK(ernie.expert_shared_feed_forward_length == 192u);
    const auto dbrx = imported(R"({"architectures": ["DbrxForCausalLM"], "n_layers": 2, "d_model": 64, "n_heads": 4,
        "max_seq_len": 2048, "vocab_size": 100, "attn_config": {"kv_n_heads": 2},
        "ffn_config": {"ffn_hidden_size": 96, "moe_num_experts": 16, "moe_top_k": 4}})")
                          .dimensions;
    CHECK(dbrx.expert_count == 16u);
    CHECK(dbrx.head_count_kv == PerLayer{2});
    CHECK(dbrx.context_length == 2048u);
}

TEST_CASE("next-token layers are kept or dropped as the converter does") {
    const std::string one = R"(, "num_nextn_predict_layers": 1, "n_routed_experts": 8, "num_experts_per_tok": 2,
        "n_shared_experts": 1, "moe_intermediate_size": 16)";
    const auto kept = imported(of_class("Glm4MoeForCausalLM", one));
    CHECK(kept.dimensions.block_count == 5u);
    CHECK(kept.dimensions.nextn_predict_layers == 1u);
    const auto dropped = imported(of_class("DeepseekV3ForCausalLM", one + R"(, "kv_lora_rank": 32, "q_lora_rank": 48,
        "qk_rope_head_dim": 8, "qk_nope_head_dim": 16, "v_head_dim": 16,
        "topk_method": "noaux_tc", "norm_topk_prob": true)"));
    CHECK(dropped.dimensions.block_count == 4u);
    CHECK_FALSE(dropped.dimensions.nextn_predict_layers);
    CHECK(dropped.warnings.size() == 1);
    CHECK(dropped.dimensions.key_length == 40u);
    CHECK(dropped.dimensions.key_length_mla == 24u);
    CHECK(dropped.dimensions.head_count_kv == PerLayer{1});
    CHECK(dropped.dimensions.expert_probs_bias == true);
    CHECK(dropped.dimensions.expert_weights_norm == true);
    CHECK(dropped.hf_attention->kv_heads == 2);  // as the file has it
}

TEST_CASE("sliding windows") {
    const auto exaone =
        imported(of_class("Exaone4ForCausalLM", R"(, "sliding_window": 512, "sliding_window_pattern": "LLLG")"))
            .dimensions;
    CHECK(exaone.sliding_window == 512u);
    CHECK(exaone.sliding_window_pattern == PerLayer{Values{1, 1, 1, 0}});
    const auto olmo = imported(of_class("Olmo3ForCausalLM", R"(, "sliding_window": 128, "layer_types":
        ["full_attention", "sliding_attention", "sliding_attention", "full_attention"])"))
                          .dimensions;
    CHECK(olmo.sliding_window_pattern == PerLayer{Values{0, 1, 1, 0}});
    const auto gemma4 =
        imported(of_class("Gemma4ForCausalLM", R"(, "sliding_window": 128, "head_dim": 16, "global_head_dim": 32,
        "num_kv_shared_layers": 1, "use_double_wide_mlp": true, "num_global_key_value_heads": 1,
        "layer_types": ["sliding_attention", "full_attention", "sliding_attention", "full_attention"])"))
            .dimensions;
    CHECK(gemma4.key_length == 32u);
    CHECK(gemma4.key_length_swa == 16u);
    CHECK(gemma4.head_count_kv == PerLayer{Values{2, 1, 2, 1}});
    CHECK(gemma4.feed_forward_length == PerLayer{Values{128, 128, 128, 256}});
    // A window that the class doesn't use is no window.
    CHECK_FALSE(imported(of_class("Qwen2ForCausalLM", R"(, "sliding_window": 4096, "use_sliding_window": false)"))
                    .dimensions.sliding_window);
}

TEST_CASE("Gemma 3 leaves its class defaults out") {
    const auto d = imported(R"({"architectures": ["Gemma3ForConditionalGeneration"], "text_config":
        {"num_hidden_layers": 4, "hidden_size": 64, "intermediate_size": 128, "sliding_window": 1024}})")
                       .dimensions;
    CHECK(d.head_count == PerLayer{8});
    CHECK(d.head_count_kv == PerLayer{4});
    CHECK(d.key_length == 256u);
    CHECK(d.vocab_size == 262'208u);
    CHECK(d.context_length == 131'072u);
}

TEST_CASE("recurrent layers") {
    const auto nemotron =
        imported(of_class("NemotronHForCausalLM", R"(, "hybrid_override_pattern": "M*-M", "head_dim": 16,
        "conv_kernel": 4, "ssm_state_size": 32, "n_groups": 2, "mamba_num_heads": 8, "mamba_head_dim": 16)"))
            .dimensions;
    CHECK(nemotron.head_count_kv == PerLayer{Values{0, 2, 0, 0}});
    CHECK(nemotron.feed_forward_length == PerLayer{Values{0, 0, 128, 0}});
    CHECK(nemotron.ssm_inner_size == 128u);
    const auto lfm2 =
        imported(of_class("Lfm2ForCausalLM", R"(, "layer_types": ["conv", "full_attention", "conv", "conv"],
        "conv_L_cache": 3, "block_ff_dim": 768, "block_auto_adjust_ff_dim": true, "block_ffn_dim_multiplier": 1.0,
        "block_multiple_of": 256)"))
            .dimensions;
    CHECK(lfm2.head_count_kv == PerLayer{Values{0, 2, 0, 0}});
    CHECK(lfm2.feed_forward_length == PerLayer{512});
    const auto qwen = imported(of_class("Qwen3_5ForCausalLM", R"(, "head_dim": 16, "linear_conv_kernel_dim": 4,
        "linear_key_head_dim": 8, "linear_num_key_heads": 2, "linear_num_value_heads": 4, "linear_value_head_dim": 8,
        "mtp_num_hidden_layers": 1)"))
                          .dimensions;
    CHECK(qwen.block_count == 5u);
    CHECK(qwen.ssm_inner_size == 32u);
    CHECK(qwen.rope_dimension_count == 4u);
    CHECK(qwen.full_attention_interval == 4u);
    // All attention: an ordinary Granite.
    CHECK(imported(of_class("GraniteMoeHybridForCausalLM", R"(, "shared_intermediate_size": 96,
        "layer_types": ["attention", "attention", "attention", "attention"])"))
              .architecture == "granite");
}

TEST_CASE("older field names") {
    const auto gpt2 = imported(R"({"architectures": ["GPT2LMHeadModel"], "n_layer": 2, "n_embd": 64, "n_head": 4,
        "n_positions": 1024, "n_inner": null, "vocab_size": 100})")
                          .dimensions;
    CHECK(gpt2.feed_forward_length == PerLayer{256});
    CHECK(gpt2.context_length == 1024u);
    CHECK(gpt2.tied_embeddings == true);
    const auto falcon = imported(R"({"architectures": ["FalconForCausalLM"], "num_hidden_layers": 2, "hidden_size": 64,
        "num_attention_heads": 4, "multi_query": true, "vocab_size": 100})")
                            .dimensions;
    CHECK(falcon.head_count_kv == PerLayer{1});
    CHECK(falcon.context_length == 2048u);
    const auto mpt = imported(R"({"architectures": ["MptForCausalLM"], "n_layers": 2, "d_model": 64, "n_heads": 4,
        "max_seq_len": 2048, "vocab_size": 100})")
                         .dimensions;
    CHECK(mpt.feed_forward_length == PerLayer{256});
    const auto neox = imported(of_class("GPTNeoXForCausalLM", R"(, "rotary_pct": 0.5)")).dimensions;
    CHECK(neox.rope_dimension_count == 8u);
}

TEST_CASE("how the repository's weights are stored does not matter: the converter undoes it") {
    for (const char* config : {R"({"quant_method": "fp8", "weight_block_size": [128, 128]})",
                               R"({"quant_method": "exl2", "bits": 4.25})", R"({"bits": "four"})", R"("fp8")"}) {
        INFO(config);
        CHECK(imported(llama(std::string(", \"quantization_config\": ") + config)).dimensions == imported(llama()).dimensions);
    }
}

TEST_CASE("whole numbers may be written as Python writes them") {
    CHECK(imported(llama(R"(, "head_dim": 16.0)")).dimensions.key_length == 16u);
    CHECK(refused(llama(R"(, "head_dim": 16.5)")).message == "config.json: head_dim: not a whole number");
}

TEST_CASE("errors name the file, the field and the reason") {
    struct Case {
        std::string text;
        std::string message;
    };
    const Case cases[] = {
        {"", "config.json: no valid JSON at byte 1"},
        {"{", "config.json: no valid JSON at byte 2"},
        {"[]", "config.json: not a JSON object"},
        {llama(R"(, "num_hidden_layers": -1)"), "config.json: num_hidden_layers: out of range"},
        {llama(R"(, "num_hidden_layers": 1e300)"), "config.json: num_hidden_layers: out of range"},
        {llama(R"(, "num_hidden_layers": 18446744073709551615)"), "config.json: num_hidden_layers: out of range"},
        {llama(R"(, "num_hidden_layers": 100000)"), "config.json: num_hidden_layers: more layers than any model has"},
        {llama(R"(, "hidden_size": "many")"), "config.json: hidden_size: not a whole number"},
        {llama(R"(, "hidden_size": 0)"), "config.json: hidden_size: is 0"},
        {llama(R"(, "hidden_size": null)"), "config.json: hidden_size: is missing"},
        {llama(R"(, "vocab_size": null)"), "config.json: vocab_size: is missing"},
        {llama(R"(, "max_position_embeddings": null)"), "config.json: max_position_embeddings: is missing"},
        {llama(R"(, "intermediate_size": [])"), "config.json: intermediate_size: an empty list"},
        {llama(R"(, "tie_word_embeddings": 1)"), "config.json: tie_word_embeddings: not true or false"},
        {llama(R"(, "rope_scaling": "llama3")"), "config.json: rope_scaling: not an object"},
        {llama(R"(, "architectures": "LlamaForCausalLM")"), "config.json: architectures: not a list"},
        {of_class("Olmo3ForCausalLM", R"(, "sliding_window": 8, "layer_types": ["full_attention"])"),
         "config.json: layer_types: has 1 entries for 4 layers"},
        {of_class("NemotronHForCausalLM", R"(, "hybrid_override_pattern": "MM")"),
         "config.json: hybrid_override_pattern: has 2 letters for 4 layers"},
        {of_class("StableLmForCausalLM", R"(, "partial_rotary_factor": 7)"),
         "config.json: partial_rotary_factor: not a share from 0 to 1"},
        {of_class("DeepseekV4ForCausalLM",
                  R"(, "q_lora_rank": 8, "o_lora_rank": 8, "o_groups": 2, "qk_rope_head_dim": 8)"),
         "config.json: compress_ratios: fewer entries than there are layers"},
    };
    for (const Case& each : cases) {
        INFO(each.message);
        const Error error = refused(each.text);
        CHECK(error.kind == ErrorKind::bad_data);
        CHECK(error.message == each.message);
    }
}

TEST_CASE("an unknown class is unsupported and says what it is") {
    const Error unknown = refused(of_class("Qwen3ForCausalLm", ""));
    CHECK(unknown.kind == ErrorKind::unsupported);
    CHECK(unknown.message.find("'Qwen3ForCausalLm'") != std::string::npos);
    CHECK(unknown.hint.find("Qwen3ForCausalLM") != std::string::npos);
    const Error absent = refused("{}");
    CHECK(absent.kind == ErrorKind::unsupported);
    CHECK(absent.message.find("architectures") != std::string::npos);
    // An unknown class is not replaced by what the model type would mean.
    CHECK(refused(R"({"architectures": ["LlamaForSequenceRanking"], "model_type": "llama"})").kind ==
          ErrorKind::unsupported);
}

TEST_CASE("text that nests without end, or is too large, is refused") {
    std::string deep = "{\"a\":";
    deep += std::string(200'000, '[');
    CHECK(refused(deep).message.starts_with("config.json: "));
    std::string closed = "{\"a\":" + std::string(100, '[') + std::string(100, ']') + "}";
    CHECK(refused(closed).message == "config.json: nested too deeply");
    CHECK(refused(std::string((16u << 20) + 1, ' ')).message == "config.json: larger than 16 MiB");
    std::string list = ", \"intermediate_size\": [1";
    for (int i = 0; i < 5000; ++i) list += ",1";
    CHECK(refused(llama(list + "]")).message == "config.json: intermediate_size: a list of more than 4096 entries");
}

TEST_CASE("any prefix of a configuration is an error, not a crash") {
    const std::string whole = llama(R"(, "rope_scaling": {"rope_type": "llama3", "factor": 8.0})");
    for (std::size_t length = 0; length < whole.size(); ++length)
        CHECK_FALSE(import_hf_config(std::string_view(whole).substr(0, length), "config.json"));
}
