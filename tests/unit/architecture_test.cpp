#include "fitcalc/architecture.hpp"
#include "fitcalc/cache.hpp"
#include "fitcalc/catalog.hpp"
#include "fitcalc/checkpoint.hpp"
#include "fitcalc/estimate.hpp"
#include "support/catch.hpp"
#include "support/reference.hpp"

using namespace fitcalc;
using namespace fitcalc::test;

TEST_CASE("an unknown architecture is an error that names it") {
    const auto spec = describe_model("mamba9", Dimensions{});
    REQUIRE_FALSE(spec);
    CHECK(spec.error().kind == ErrorKind::unsupported);
    CHECK(spec.error().message.find("mamba9") != std::string::npos);
}

TEST_CASE("a missing dimension is an error that names it, never a default") {
    struct Case {
        const char* name;
        void (*drop)(Dimensions&);
    };
    const Case cases[] = {
        {"block_count", [](Dimensions& d) { d.block_count.reset(); }},
        {"embedding_length", [](Dimensions& d) { d.embedding_length.reset(); }},
        {"vocab_size", [](Dimensions& d) { d.vocab_size.reset(); }},
        {"context_length", [](Dimensions& d) { d.context_length.reset(); }},
        {"attention.head_count", [](Dimensions& d) { d.head_count = {}; }},
        {"attention.kv_lora_rank", [](Dimensions& d) { d.kv_lora_rank.reset(); }},
        {"attention.key_length_mla", [](Dimensions& d) { d.key_length_mla.reset(); }},
        {"rope.dimension_count", [](Dimensions& d) { d.rope_dimension_count.reset(); }},
        {"expert_used_count", [](Dimensions& d) { d.expert_used_count.reset(); }},
        {"feed_forward_length", [](Dimensions& d) { d.feed_forward_length = {}; }},
    };
    for (const Case& each : cases) {
        INFO(each.name);
        Dimensions d = reference_model("deepseek-r1-0528").dimensions;
        REQUIRE(describe_model("deepseek2", d));
        each.drop(d);
        const auto spec = describe_model("deepseek2", d);
        REQUIRE_FALSE(spec);
        CHECK(spec.error().kind == ErrorKind::bad_data);
        CHECK(spec.error().message == "dimension '" + std::string(each.name) + "' is missing");
    }
}

TEST_CASE("a tied output matrix that the checkpoint stores is in the file, but serving engines don't load it") {
    Dimensions d = reference_model("qwen3-0.6b").dimensions;
    REQUIRE(d.tied_embeddings == true);
    const auto modules = [](const ModelSpec& spec) { return checkpoint_inventory(spec, tensor_inventory(spec), {}); };
    const auto tied = describe_model("qwen3", d).value();
    d.tied_output_stored = true;
    const auto stored = describe_model("qwen3", d).value();
    CHECK(tensor_inventory(tied).tied());
    CHECK_FALSE(tensor_inventory(stored).tied());
    CHECK(tensor_inventory(stored).params() == reference_model("qwen3-0.6b-lmhead").parameters);
    CHECK(modules(stored).tied);
    CHECK(modules(stored).params() == modules(tied).params());
    // A matrix that isn't tied is another one.
    d.tied_embeddings = false;
    const auto untied = describe_model("qwen3", d).value();
    CHECK_FALSE(modules(untied).tied);
    CHECK(modules(untied).params() > modules(tied).params());
}

TEST_CASE("hostile dimensions end in an error") {
    Dimensions d = reference_model("llama-3.1-8b").dimensions;
    SECTION("a layer count that no model has") { d.block_count = 4'000'000'000u; }
    SECTION("heads that don't divide") { d.head_count_kv = PerLayer{7}; }
    SECTION("zero") { d.vocab_size = 0; }
    SECTION("no layer but those that predict the next token") { d.nextn_predict_layers = d.block_count; }
    SECTION("more experts used than there are") {
        d.expert_count = 8;
        d.expert_used_count = 9;
    }
    SECTION("more experts for one token than any graph has room for") {
        d.expert_count = 4096;
        d.expert_used_count = 256;
        CHECK(describe_model("llama", d));
        d.expert_used_count = 257;
    }
    SECTION("one layer more than the bound") {
        d.block_count = 1024;
        CHECK(describe_model("llama", d));
        d.block_count = 1025;
    }
    SECTION("one expert more than the bound") {
        d.expert_count = 65'536;
        d.expert_used_count = 1;
        CHECK(describe_model("llama", d));
        d.expert_count = 65'537;
    }
    SECTION("one token more than the bound of any dimension") {
        d.vocab_size = 1u << 31;
        CHECK(describe_model("llama", d));
        d.vocab_size = (1u << 31) + 1;
    }
    CHECK_FALSE(describe_model("llama", d));
}

TEST_CASE("sizes beyond 64 bits are an error") {
    Dimensions d = reference_model("llama-3.1-8b").dimensions;
    d.embedding_length = 1u << 31;
    d.vocab_size = 1u << 31;
    d.expert_count = 65'536;
    d.expert_used_count = 1;
    d.feed_forward_length = PerLayer{1u << 31};
    auto spec = describe_model("llama", d);
    REQUIRE(spec);
    CHECK_FALSE(Estimator::create(std::move(*spec), Bytes{0}));
}

TEST_CASE("a query without compression has one matrix (DeepSeek-V2-Lite)") {
    Dimensions d = reference_model("deepseek-v2-236b").dimensions;
    d.q_lora_rank.reset();
    const TensorInventory inventory = tensor_inventory(describe_model("deepseek2", d).value());
    CHECK(inventory.find("blk.0.attn_q.weight"));
    CHECK_FALSE(inventory.find("blk.0.attn_q_a.weight"));
}

TEST_CASE("a window that a family can't do without is an error that names it") {
    for (const char* id : {"command-r7b", "gpt-oss-20b", "gemma-3n-e4b", "gemma-4-12b"}) {
        const ReferenceModel& reference = reference_model(id);
        INFO(id);
        Dimensions d = reference.dimensions;
        d.sliding_window.reset();
        const auto spec = describe_model(reference.architecture, d);
        REQUIRE_FALSE(spec);
        CHECK(spec.error().message == "dimension 'attention.sliding_window' is missing");
    }
    Dimensions d = reference_model("gemma-4-12b").dimensions;
    d.sliding_window_pattern = {};
    CHECK_FALSE(describe_model("gemma4", d));
    d = reference_model("gemma-4-e4b").dimensions;
    d.shared_kv_layers = d.block_count;
    CHECK_FALSE(describe_model("gemma4", d));
    d = reference_model("gemma-3n-e4b").dimensions;
    d.expert_count = 1;
    CHECK_FALSE(describe_model("gemma3n", d));
}

TEST_CASE("what a family's graph always has can't be left out by a file") {
    Dimensions d = reference_model("gemma-3n-e4b").dimensions;
    d.embedding_length_per_layer_input = 0;
    REQUIRE_FALSE(describe_model("gemma3n", d));
    CHECK(describe_model("gemma3n", d).error().message.find("embedding_length_per_layer_input") != std::string::npos);
    d.embedding_length_per_layer_input.reset();
    CHECK(describe_model("gemma3n", d).value().per_layer_length == 256);

    Dimensions oss = reference_model("gpt-oss-20b").dimensions;
    Dimensions arctic = reference_model("llama-3.1-8b").dimensions;
    arctic.expert_count = 8;
    arctic.expert_used_count = 2;
    for (const auto& [architecture, dimensions] : {std::pair{"gpt-oss", oss}, std::pair{"arctic", arctic}}) {
        INFO(architecture);
        REQUIRE(describe_model(architecture, dimensions));
        d = dimensions;
        d.leading_dense_block_count = 1;
        CHECK_FALSE(describe_model(architecture, d));
        d = dimensions;
        d.interleave_moe_layer_step = 2;
        CHECK_FALSE(describe_model(architecture, d));
    }
}

TEST_CASE("windows follow the pattern in the file, else the family's own") {
    const auto windows = [](const Dimensions& d, const char* architecture = "gemma3") {
        std::string text;
        const ModelSpec model = describe_model(architecture, d).value();
        for (const LayerSpec& layer : model.layers)
            text += std::get<FullAttention>(layer.attention).window > 0 ? 'w' : '.';
        return text.substr(0, 12);
    };
    Dimensions d = reference_model("gemma-3-12b").dimensions;
    CHECK(windows(d) == "wwwww.wwwww.");
    d.sliding_window_pattern = PerLayer{3};
    CHECK(windows(d) == "ww.ww.ww.ww.");
    d.sliding_window_pattern = PerLayer{std::vector<std::uint32_t>{1, 0, 0, 1}};
    CHECK(windows(d) == "w..w........");
    CHECK(windows(d, "afmoe") == "w..w........");
    d.sliding_window_pattern = {};
    CHECK(windows(d, "afmoe") == "www.www.www.");
    d.sliding_window.reset();
    CHECK(windows(d) == "............");
}

TEST_CASE("a block that predicts tokens ahead is dense where the file gives it a length, and has experts else") {
    const Catalog catalog;
    Dimensions dims = catalog.find_model("step-3.5-flash")->record->dimensions();
    const auto last = [&] { return describe_model("step35", dims).value().layers.back(); };
    REQUIRE(last().next_token);
    CHECK(std::get<DenseFeedForward>(last().feed_forward).length == 11264);
    std::vector<std::uint32_t> lengths(*dims.block_count, 11264);
    lengths.back() = 0;
    dims.feed_forward_length = PerLayer{lengths};
    CHECK(std::get<ExpertFeedForward>(last().feed_forward).experts == 288);
}

TEST_CASE("experts are chosen in as many groups as the dimensions say, and at least in one") {
    Dimensions d = reference_model("deepseek-r1-0528").dimensions;
    const auto groups_used = [&] {
        const ModelSpec model = describe_model("deepseek2", d).value();
        return std::get<ExpertFeedForward>(model.layers[10].feed_forward).groups_used;
    };
    CHECK(groups_used() == 4);
    d.expert_group_used_count = 0;
    CHECK(groups_used() == 1);
    d.expert_group_used_count.reset();
    CHECK(groups_used() == 1);
}

TEST_CASE("MiniMax M2's router always has a bias") {
    Dimensions d = reference_model("minimax-m2").dimensions;
    d.expert_probs_bias.reset();
    CHECK(tensor_inventory(describe_model("minimax-m2", d).value()).find("blk.0.exp_probs_b.bias"));
}

TEST_CASE("GLM 4.5 has norms on Q and K where the file says so") {
    Dimensions d = reference_model("glm-4.5-air").dimensions;
    for (const std::optional<bool> said : {std::optional<bool>{}, {false}, {true}}) {
        d.attention_qk_norm = said;
        const TensorInventory inventory = tensor_inventory(describe_model("glm4moe", d).value());
        CHECK((inventory.find("blk.0.attn_q_norm.weight") != nullptr) == said.value_or(false));
    }
}

TEST_CASE("contexts and batches are counted in 32 bits") {
    const ModelSpec model = describe_model("llama", reference_model("llama-3.1-8b").dimensions).value();
    EngineSettings settings;
    for (const std::int64_t tokens : {std::int64_t{1}, std::int64_t{1} << 31}) {
        settings.context = settings.ubatch = Tokens{tokens};
        CHECK(check_settings(model, settings));
    }
    for (const std::int64_t tokens : {std::int64_t{0}, (std::int64_t{1} << 31) + 1}) {
        settings = {};
        settings.context = Tokens{tokens};
        CHECK_FALSE(check_settings(model, settings));
        settings = {};
        settings.ubatch = Tokens{tokens};
        CHECK_FALSE(check_settings(model, settings));
    }
}

TEST_CASE("heads without keys or without values are refused") {
    const auto refused = [](auto change) {
        Dimensions d = reference_model("llama-3.1-8b").dimensions;
        change(d);
        return !describe_model("llama", d);
    };
    CHECK_FALSE(refused([](Dimensions&) {}));
    CHECK(refused([](Dimensions& d) { d.key_length = 0; }));
    CHECK(refused([](Dimensions& d) { d.value_length = 0; }));
}

TEST_CASE("a window's cells: each sequence's window and the batch, in steps of 256, no more than the context") {
    EngineSettings settings;
    settings.context = Tokens{8192};
    CHECK(settings.window_cells(0) == Tokens{8192});
    CHECK(settings.window_cells(128) == Tokens{768});
    CHECK(settings.window_cells(1024) == Tokens{1536});
    settings.sequences = 4;
    CHECK(settings.window_cells(1024) == Tokens{1536});
    settings.kv_unified = true;
    CHECK(settings.window_cells(1024) == Tokens{4608});
    settings.swa_full = true;
    CHECK(settings.window_cells(1024) == Tokens{32768});
    settings = {};
    settings.context = Tokens{512};
    CHECK(settings.window_cells(1024) == Tokens{512});
}

TEST_CASE("Llama 4 has experts in every n-th layer, and Command R+ norms on Q and K") {
    Dimensions d = reference_model("llama-4-scout").dimensions;
    d.interleave_moe_layer_step = 2;
    const ModelSpec spec = describe_model("llama4", d).value();
    CHECK(std::get<FullAttention>(spec.layers[0].attention).window == 8192);
    CHECK(std::get<FullAttention>(spec.layers[3].attention).window == 0);
    const TensorInventory maverick = tensor_inventory(spec);
    CHECK(maverick.find("blk.0.ffn_gate.weight"));
    CHECK_FALSE(maverick.find("blk.0.ffn_gate_exps.weight"));
    CHECK(maverick.find("blk.1.ffn_gate_exps.weight"));
    // Norms on Q and K: Scout has them where it rotates, Maverick with its 128 experts nowhere.
    const auto qk_norm = [](const ModelSpec& model, std::size_t layer) { return std::get<FullAttention>(model.layers[layer].attention).qk_norm; };
    CHECK(qk_norm(spec, 0) == QkNorm::after_rope);
    CHECK(qk_norm(spec, 3) == QkNorm::none);
    d.expert_count = 128;
    CHECK(qk_norm(describe_model("llama4", d).value(), 0) == QkNorm::none);
    d.sliding_window = 0;
    CHECK(std::get<FullAttention>(describe_model("llama4", d).value().layers[0].attention).window == 0);

    d = reference_model("command-r-v01").dimensions;
    d.block_count = 64;
    const TensorInventory plus = tensor_inventory(describe_model("command-r", d).value());
    REQUIRE(plus.find("blk.0.attn_q_norm.weight"));
    CHECK(plus.find("blk.0.attn_q_norm.weight")->shape == Shape{128, 64});
}

TEST_CASE("a model without layers has no heads") {
    CHECK(ModelSpec{}.heads() == 0);
    CHECK(ModelSpec{}.kv_heads() == 0);
}

TEST_CASE("a short convolution over one token keeps nothing, and is refused") {
    Dimensions d = reference_model("lfm2-1.2b").dimensions;
    REQUIRE(describe_model("lfm2", d));
    d.shortconv_l_cache = 1;
    const auto refused = describe_model("lfm2", d);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message.find("shortconv.l_cache 1") != std::string::npos);
    d.shortconv_l_cache = 2;
    CHECK(describe_model("lfm2", d));
}

TEST_CASE("DeepSeek-V4 with dimensions that llama.cpp doesn't load is an error that says which") {
    Dimensions d = reference_model("deepseek-v4-flash").dimensions;
    REQUIRE(describe_model("deepseek4", d));
    std::string named;
    SECTION("a ratio per layer is needed") {
        d.compress_ratios = PerLayer{std::vector<std::uint32_t>{0, 0, 4}};
        named = "attention.compress_ratios has no entry for layer 3";
    }
    SECTION("one for all is none for each") {
        d.compress_ratios = PerLayer{4};
        named = "attention.compress_ratios has no entry for layer 0";
    }
    SECTION("only three ratios are known") {
        d.compress_ratios = PerLayer{std::vector<std::uint32_t>(43, 8)};
        named = "attention.compress_ratios has 8; llama.cpp knows 0, 4 and 128";
    }
    SECTION("groups of heads of one size") {
        d.output_group_count = 7;
        named = "attention.output_group_count 7 does not divide 64 heads";
    }
    SECTION("four streams") {
        d.hyper_connection_count = 2;
        named = "hyper_connection.count 2; llama.cpp knows 4";
    }
    const auto spec = describe_model("deepseek4", d);
    REQUIRE_FALSE(spec);
    CHECK(spec.error().message == named);
}

TEST_CASE("DeepSeek-V4's sequences share no cache, and short contexts fill whole steps of 256 rows") {
    const ModelSpec model = describe_model("deepseek4", reference_model("deepseek-v4-flash").dimensions).value();
    EngineSettings settings;
    settings.context = Tokens{256};
    settings.device = GraphDevice::cpu;
    const LayerCache window = plan_cache(model, settings).layers[0];
    CHECK(window.keys == Bytes{256 * 512 * 2});
    CHECK(window.compressor == Bytes{});
    const LayerCache indexed = plan_cache(model, settings).layers[2];
    CHECK(indexed.keys == Bytes{(256 + 256) * 512 * 2});
    CHECK(indexed.indexer == Bytes{256 * 128 * 2});
    CHECK(indexed.compressor == Bytes{2 * 8 * (1024 + 256) * 4});

    settings.sequences = 3;
    const Bytes apart = plan_cache(model, settings).attention_bytes();
    settings.kv_unified = true;  // a pool of 768 tokens, for each sequence
    const Bytes unified = plan_cache(model, settings).attention_bytes();
    settings.context = Tokens{768};
    settings.kv_unified = false;
    CHECK(unified == plan_cache(model, settings).attention_bytes());
    CHECK(unified > apart);
}

TEST_CASE("dimensions on the edge of what a family takes") {
    const auto experts_of = [](const ModelSpec& model, std::size_t layer) {
        return std::get_if<ExpertFeedForward>(&model.layers[layer].feed_forward);
    };
    Dimensions d = reference_model("deepseek-r1-0528").dimensions;
    d.key_length_mla = *d.rope_dimension_count + 1;
    CHECK(describe_model("deepseek2", d));
    d.key_length_mla = d.rope_dimension_count;  // leaves nothing that isn't rotated
    CHECK_FALSE(describe_model("deepseek2", d));

    d = reference_model("llama-3.1-8b").dimensions;
    d.deepstack_layers = *d.block_count + 1;
    CHECK(describe_model("qwen3vl", d).value().layers.back().deepstack);

    // Ling 2's file states the length of one shared expert.
    d.expert_count = 8;
    d.expert_used_count = 2;
    d.expert_feed_forward_length = 512;
    d.expert_shared_feed_forward_length = 512;
    d.expert_shared_count = 3;
    CHECK(experts_of(describe_model("bailingmoe2", d).value(), 0)->shared_length == 3 * 512);
    d.interleave_moe_layer_step = 0;
    CHECK(experts_of(describe_model("bailingmoe2", d).value(), 0) == nullptr);
}

TEST_CASE("RWKV-7's feed-forward network has no gate") {
    const ModelRecord* record = Catalog{}.find_model("rwkv7-goose-world3-2.9b")->record;
    const ModelSpec model = describe_model(record->architecture, record->dimensions()).value();
    CHECK_FALSE(std::get<DenseFeedForward>(model.layers.back().feed_forward).gated);
}
