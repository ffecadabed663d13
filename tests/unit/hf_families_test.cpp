// Configurations of classes of which no published one is among the reference: what each mapping reads, and whether the
// tensors that follow hold as many parameters as the release is named after. The configurations are recalled.
#include <cmath>
#include <string>

#include "fitcalc/architecture.hpp"
#include "importers/hf_config.hpp"
#include "support/catch.hpp"

using namespace fitcalc;

namespace {

struct Release {
    std::string name;
    std::string config;
    std::string architecture;
    double billions;  // published, rounded to as many digits
    double rounding;
};

std::string config(const std::string& model_class, const std::string& fields) {
    return R"({"architectures": [")" + model_class + R"("], )" + fields + "}";
}

const Release releases[] = {
    {"OpenELM-270M",
     config("OpenELMForCausalLM",
            R"("num_transformer_layers": 16, "model_dim": 1280, "head_dim": 64, "vocab_size": 32000,
               "max_context_length": 2048, "num_kv_heads": [3,3,3,3,3,4,4,4,4,4,4,4,5,5,5,5],
               "num_query_heads": [12,12,12,12,12,16,16,16,16,16,16,16,20,20,20,20], "ffn_dim_divisor": 256,
               "ffn_multipliers": [0.5,0.73,0.97,1.2,1.43,1.67,1.9,2.13,2.37,2.6,2.83,3.07,3.3,3.53,3.77,4.0])"),
     "openelm", 0.2715, 0.0001},
    {"Trinity Mini",
     config("AfmoeForCausalLM",
            R"("num_hidden_layers": 32, "hidden_size": 2048, "num_attention_heads": 32, "num_key_value_heads": 4,
               "head_dim": 128, "intermediate_size": 6144, "moe_intermediate_size": 1024, "num_experts": 128,
               "num_experts_per_tok": 8, "num_shared_experts": 1, "num_dense_layers": 2, "route_norm": true,
               "sliding_window": 2048, "vocab_size": 200192, "max_position_embeddings": 131072)"),
     "afmoe", 26.1, 0.1},
    {"SmallThinker 21B-A3B",
     config("SmallThinkerForCausalLM",
            R"("num_hidden_layers": 52, "hidden_size": 2560, "num_attention_heads": 28, "num_key_value_heads": 4,
               "head_dim": 128, "moe_num_primary_experts": 64, "moe_num_active_primary_experts": 6,
               "moe_ffn_hidden_size": 768, "sliding_window_layout": [0,1], "sliding_window_size": 4096,
               "vocab_size": 151936, "max_position_embeddings": 16384)"),
     "smallthinker", 21.5, 0.1},
    {"Snowflake Arctic 480B",
     config("ArcticForCausalLM",
            R"("num_hidden_layers": 35, "hidden_size": 7168, "num_attention_heads": 56, "num_key_value_heads": 8,
               "intermediate_size": 4864, "num_local_experts": 128, "num_experts_per_tok": 2, "vocab_size": 32000,
               "max_position_embeddings": 4096)"),
     "arctic", 480, 2},
    {"Pangu Embedded 7B, embeddings apart",
     config("PanguEmbeddedForCausalLM",
            R"("num_hidden_layers": 34, "hidden_size": 4096, "num_attention_heads": 32, "num_key_value_heads": 8,
               "intermediate_size": 12800, "vocab_size": 153376, "max_position_embeddings": 32768, "bias": true)"),
     "pangu-embedded", 7.0 + 1.26, 0.25},
    {"Jais 13B",
     config("JAISLMHeadModel", R"("n_layer": 40, "n_embd": 5120, "n_head": 40, "n_inner": 13653, "vocab_size": 84992,
                                  "n_positions": 2048)"),
     "jais", 13.0, 0.5},
    {"Refact 1.6B",
     config("GPTRefactForCausalLM", R"("n_layer": 32, "n_embd": 2048, "n_head": 32, "vocab_size": 49216,
                                       "n_positions": 4096, "tie_word_embeddings": false)"),
     "refact", 1.6, 0.05},
};

Dimensions dimensions_of(const std::string& text) {
    const auto imported = import_hf_config(text, "config.json");
    INFO((imported ? std::string() : imported.error().message));
    REQUIRE(imported);
    return imported->dimensions;
}

}  // namespace

TEST_CASE("releases of further families hold the parameters that they are named after") {
    for (const Release& release : releases) {
        INFO(release.name);
        const auto imported = import_hf_config(release.config, "config.json");
        INFO((imported ? std::string() : imported.error().message));
        REQUIRE(imported);
        CHECK(imported->architecture == release.architecture);
        const auto model = describe_model(imported->architecture, imported->dimensions);
        REQUIRE(model);
        const auto count = static_cast<double>(tensor_inventory(*model).params().count());
        INFO(count);
        CHECK(std::abs(count / 1e9 - release.billions) <= release.rounding);
    }
}

TEST_CASE("Command A's experts beside leading dense layers") {
    const Dimensions d = dimensions_of(config(
        "Cohere2MoeForCausalLM",
        R"("num_hidden_layers": 4, "hidden_size": 64, "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 16,
           "intermediate_size": 32, "prefix_dense_intermediate_size": 128, "vocab_size": 1000, "num_experts": 8,
           "num_experts_per_tok": 2, "num_shared_experts": 1, "mlp_layer_types": ["dense", "sparse", "sparse", "sparse"],
           "layer_types": ["full_attention", "sliding_attention", "sliding_attention", "sliding_attention"],
           "sliding_window": 4096, "max_position_embeddings": 8192, "num_nextn_predict_layers": 1)"));
    CHECK(d.leading_dense_block_count == 1u);
    CHECK(d.expert_feed_forward_length == 32u);
    CHECK(d.feed_forward_length == PerLayer{128});
    CHECK(d.sliding_window_pattern == PerLayer{std::vector<std::uint32_t>{0, 1, 1, 1}});
    CHECK(d.block_count == 5u);
    CHECK(d.nextn_predict_layers == 1u);
    CHECK(d.tied_embeddings == true);
    const auto model = describe_model("cohere2moe", d);
    REQUIRE(model);
    CHECK(tensor_inventory(*model).find("blk.0.ffn_up.weight"));
    CHECK(tensor_inventory(*model).find("blk.1.ffn_up_shexp.weight"));
    CHECK(tensor_inventory(*model).find("blk.4.nextn.eh_proj.weight"));
}

TEST_CASE("windows of Mellum and PLaMo 3") {
    const std::string common =
        R"("num_hidden_layers": 4, "hidden_size": 64, "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 16,
           "intermediate_size": 32, "vocab_size": 1000, "max_position_embeddings": 8192, )";
    const std::string mellum = common + R"("num_experts": 8, "num_experts_per_tok": 2, "moe_intermediate_size": 32,
           "layer_types": ["full_attention", "sliding_attention", "sliding_attention", "full_attention"],
           "sliding_window": 1024)";
    CHECK(dimensions_of(config("MellumForCausalLM", mellum)).sliding_window == 1024u);
    CHECK_FALSE(dimensions_of(config("MellumForCausalLM", mellum + R"(, "use_sliding_window": false)")).sliding_window);

    const Dimensions d =
        dimensions_of(config("Plamo3ForCausalLM", common + R"("window_size": 2048, "sliding_window_pattern": 2)"));
    const auto model = describe_model("plamo3", d);
    REQUIRE(model);
    CHECK(std::get<FullAttention>(model->layers[0].attention).window == 2048);
    CHECK(std::get<FullAttention>(model->layers[1].attention).window == 0);
    // The norms behind the parts bear no suffix.
    CHECK(tensor_inventory(*model).find("blk.0.post_attention_norm"));
}
