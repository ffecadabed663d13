// Serving engines: formats, sharding, the pool, and the answers about them.
#include <nlohmann/json.hpp>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "fitcalc/architecture.hpp"
#include "fitcalc/catalog.hpp"
#include "fitcalc/serving_catalog.hpp"
#include "importers/hf_checkpoint.hpp"
#include "support/ask.hpp"
#include "support/gguf_writer.hpp"

using namespace fitcalc;
using nlohmann::json;

namespace {

struct Model {
    ModelSpec spec;
    CheckpointInventory inventory;
};

Model model_of(const char* id) {
    static const Catalog catalog;
    const auto found = catalog.find_model(id);
    REQUIRE(found);
    auto spec = describe_model(found->record->architecture, found->record->dimensions());
    REQUIRE(spec);
    CheckpointInventory inventory = checkpoint_inventory(*spec, tensor_inventory(*spec), {});
    return {std::move(*spec), std::move(inventory)};
}

cli::Outcome run(const std::vector<std::string>& words) { return test::run_words(words, test::world_of(test::model_files())); }
json answer(std::vector<std::string> words) { return test::answer_to(std::move(words), test::world_of(test::model_files())); }

}  // namespace

TEST_CASE("stored matrices have their weights, scales and zero points") {
    const auto bytes = [](const char* format, ModulePart part, std::int64_t inputs, std::int64_t outputs) {
        return checkpoint_format(format)->scheme(part, false)->bytes(inputs, outputs).count();
    };
    CHECK(bytes("awq", ModulePart::attention, 4096, 4096) == 4096 * 4096 / 2 + 32 * 4096 * 2 + 32 * 4096 / 2);
    CHECK(bytes("gptq-int4", ModulePart::network, 4096, 4096) == 4096 * 4096 / 2 + 32 * 4096 * 2 + 32 * 4096 / 2 + 4096 * 4);
    CHECK(bytes("fp8-block", ModulePart::attention, 7168, 576) == 7168 * 576 + 56 * 5 * 4);  // a block may be cut short
    CHECK(bytes("nvfp4-all", ModulePart::network, 4096, 64) == 4096 * 64 / 2 + 256 * 64 + 8);
    CHECK(bytes("mxfp4", ModulePart::routed_experts, 2880, 2880) == 2880 * 2880 / 2 + 90 * 2880);
    CHECK(checkpoint_format("mxfp4")->scheme(ModulePart::attention, true) == nullptr);
    CHECK(checkpoint_format("nvfp4")->scheme(ModulePart::attention, true) == nullptr);
    CHECK(checkpoint_format("nvfp4")->scheme(ModulePart::attention, false) != nullptr);
    CHECK(checkpoint_format("FP16") == checkpoint_format("bf16"));
    CHECK(checkpoint_format("q4_k_m") == nullptr);
}

TEST_CASE("nothing takes no bits a weight") {
    const CheckpointInventory nothing;
    CHECK(StoredCheckpoint{nothing, *checkpoint_format("bf16")}.bits_per_weight() == 0);
}

TEST_CASE("ignore lists name modules as configurations write them") {
    const std::string query = "model.layers.3.self_attn.q_proj";
    CHECK(names_module("re:.*self_attn.*", query));
    CHECK(names_module("model.layers.3*", query));
    CHECK(names_module("model.language_model.layers.3.self_attn*", query));
    CHECK(names_module("self_attn", query));
    CHECK_FALSE(names_module("model.layers.30*", query));
    CHECK_FALSE(names_module("lm_head", query));
    CHECK_FALSE(names_module("q_pro", query));
    CHECK_FALSE(names_module("re:(", query));
    CHECK(names_module("*.mlp.shared_expert.*", "model.layers.3.mlp.shared_experts.up_proj"));
    CHECK_FALSE(names_module("mlp.gate", "model.layers.3.mlp.gate_proj"));
    CHECK(names_module("*", query));
    CHECK(names_module("**q_proj**", query));
    CHECK(names_module("layers.*.self_attn.*_proj", query));
    CHECK_FALSE(names_module("layers.*.self_attn", query));
    CHECK_FALSE(names_module("*.mlp*", query));
    CHECK(names_module("re:^(?!.*mlp).*layers\\.\\d{1,2}\\..*(q|k)_proj$", query));
}

TEST_CASE("an ignore list takes no longer than its length, whatever it says") {
    const auto times = [](int count, const std::string& text) {
        std::string all;
        for (int i = 0; i < count; ++i) all += text;
        return all;
    };
    const std::string name = "model.layers.3." + times(40, "a");
    CHECK_FALSE(names_module(times(30, "*a") + "*b", name));
    CHECK(names_module(times(30, "*a") + "*", name));
    CHECK_FALSE(names_module("re:(a|a|.)*b", name));
    CHECK_FALSE(names_module("re:" + times(30, ".*") + "b", name));
    CHECK_FALSE(names_module("re:" + times(5, "(.*(?=") + "b" + times(5, "))"), name));
    CHECK_FALSE(names_module("re:((.?){999}){999}", name));
    CHECK_FALSE(names_module("re:.{99999999999999999999}", name));
    CHECK(names_module("re:.*" + times(400, "a?"), name));
    CHECK_FALSE(names_module("re:.*" + times(500, "a?"), name));
    CHECK_FALSE(names_module("re:" + times(100'000, "(") + "." + times(100'000, ")"), name));
}

TEST_CASE("the checkpoint holds what the converted file holds, but for tables") {
    for (const char* id : {"deepseek-r1-0528", "qwen3-8b", "gpt-oss-20b", "gemma-3-12b-it", "qwen3.6-35b-a3b", "phi-4", "llama-3.1-8b"}) {
        const Model model = model_of(id);
        TensorInventory file = tensor_inventory(model.spec);
        Params tables;
        for (const Tensor& tensor : file.tensors)
            if (tensor.name.starts_with("rope_")) tables += tensor.params();
        INFO(id);
        CHECK(model.inventory.params() == file.params() - tables);
    }
}

TEST_CASE("the two halves of latent attention are one matrix of the checkpoint") {
    const Model model = model_of("deepseek-r1-0528");
    const auto& modules = model.inventory.modules;
    const auto found = std::ranges::find(modules, "model.layers.0.self_attn.kv_b_proj", &CheckpointModule::name);
    REQUIRE(found != modules.end());
    CHECK(found->inputs == 512);
    CHECK(found->outputs == 128 * (128 + 128));
}

TEST_CASE("pipeline stages share the layers, the last one getting the fewest") {
    CHECK(stage_layers(61, 2) == std::vector<std::int64_t>{31, 30});
    CHECK(stage_layers(32, 4) == std::vector<std::int64_t>{8, 8, 8, 8});
    CHECK(stage_layers(7, 3) == std::vector<std::int64_t>{2, 3, 2});
    CHECK(stage_layers(11, 4) == std::vector<std::int64_t>{3, 3, 3, 2});
}

TEST_CASE("degrees that do not divide a model are refused with what does not divide") {
    const Model qwen = model_of("qwen2.5-7b-instruct"), moe = model_of("qwen3-235b-a22b");
    const StoredCheckpoint plain{qwen.inventory, *checkpoint_format("bf16")};
    CHECK(check_parallelism(qwen.spec, plain, {4, 1, 1}));
    const auto heads = check_parallelism(qwen.spec, plain, {8, 1, 1});
    REQUIRE_FALSE(heads);
    CHECK(heads.error().message == "a tensor-parallel degree of 8 does not divide 28 attention heads");
    CHECK(check_parallelism(qwen.spec, plain, {1, 28, 1}));
    CHECK_FALSE(check_parallelism(qwen.spec, plain, {1, 29, 1}));
    // Its 65th layer predicts the next token: no stage runs it.
    const Model predicting = model_of("qwen3.5-27b");
    REQUIRE(predicting.spec.layers.size() == 65);
    const StoredCheckpoint whole{predicting.inventory, *checkpoint_format("bf16")};
    CHECK(check_parallelism(predicting.spec, whole, {1, 64, 1}));
    const auto stages = check_parallelism(predicting.spec, whole, {1, 65, 1});
    REQUIRE_FALSE(stages);
    CHECK(stages.error().message == "65 pipeline stages are more than the model's 64 layers");

    const StoredCheckpoint blocks{moe.inventory, *checkpoint_format("fp8-block")};
    CHECK(check_parallelism(moe.spec, blocks, {4, 1, 1}));
    const auto cut = check_parallelism(moe.spec, blocks, {8, 1, 1});  // 1,536 ÷ 8 = 192 is no multiple of 128
    REQUIRE_FALSE(cut);
    CHECK(cut.error().message.find("blocks of 128") != std::string::npos);
    CHECK(check_parallelism(moe.spec, blocks, {8, 1, 1, true}));
    CHECK(check_parallelism(moe.spec, StoredCheckpoint{moe.inventory, *checkpoint_format("bf16")}, {8, 1, 1}));
}

TEST_CASE("shares of tensor parallelism") {
    const Model model = model_of("llama-3.1-8b");
    const StoredCheckpoint stored{model.inventory, *checkpoint_format("bf16")};
    const Bytes one = weights_per_gpu(model.spec, stored, {}).front(), two = weights_per_gpu(model.spec, stored, {2, 1, 1}).front();
    // Norms and the rotary table are on each.
    const std::int64_t norms = (2 * 32 + 1) * 4096 * 2, table = 131072 * 128 * 2;
    CHECK((one - Bytes{norms + table}).count() == 2 * (two - Bytes{norms + table}).count());
    // With more GPUs than KV heads each has one.
    const auto layout = CacheLayout::create(model.spec, {16, 1, 1}, {});
    REQUIRE(layout);
    CHECK(layout->token_bytes(0) == Bytes{32 * 2 * 128 * 2});
    CHECK(CacheLayout::create(model.spec, {8, 1, 1}, {})->token_bytes(0) == Bytes{32 * 2 * 128 * 2});
    const auto stages = weights_per_gpu(model.spec, stored, {1, 2, 1});
    CHECK(stages.size() == 2);
    CHECK((stages[0] + stages[1]).count() == (one + Bytes{table}).count());
}

TEST_CASE("latent attention is cached whole on every GPU") {
    const Model model = model_of("deepseek-r1-0528");
    for (const std::int64_t degree : {1, 8})
        CHECK(CacheLayout::create(model.spec, {degree, 1, 1}, {})->token_bytes(0) == Bytes{70272});
    CacheRules fp8;
    fp8.type = CacheType::fp8;
    CHECK(CacheLayout::create(model.spec, {8, 1, 1}, fp8)->token_bytes(0) == Bytes{70272 / 2});
    // With sparse attention a row in 8 bits has scales and a rotary part in 16 bits, and the indexer its own keys.
    const Model sparse = model_of("deepseek-v3.2");
    CHECK(CacheLayout::create(sparse.spec, {8, 1, 1}, fp8)->token_bytes(0) == Bytes{61 * (512 + 16 + 128 + 128 + 4)});
}

TEST_CASE("hybrid models share pages among attention and states") {
    const Model model = model_of("qwen3.6-35b-a3b");
    CacheRules rules;
    rules.type = CacheType::fp8;
    const auto layout = CacheLayout::create(model.spec, {}, rules);
    REQUIRE(layout);
    REQUIRE(layout->groups().size() == 4);  // 10 layers that attend, three times 10 that don't
    const auto attends = std::ranges::find(layout->groups(), PagedGroup::Kind::whole, &PagedGroup::kind);
    REQUIRE(attends != layout->groups().end());
    CHECK(attends->block == 2096);
    CHECK(layout->block_bytes(0) == Bytes{10 * 2096 * 1024});
    CHECK(layout->blocks_of_sequence(Tokens{131072}, Tokens{2048}) == 63 + 3);
    // A window of 1,024: the tokens of a batch beside it, and a block more.
    const Model gemma = model_of("gemma-3-12b-it");
    const auto windows = CacheLayout::create(gemma.spec, {}, {});
    REQUIRE(windows);
    CHECK(windows->groups().size() == 6);
    CHECK(windows->blocks_of_sequence(Tokens{32768}, Tokens{2048}) == 2048 + 5 * (192 + 1));
}

TEST_CASE("kinds of layers of nearly one number are one group each") {
    static const Catalog catalog;
    const ModelRecord& record = *catalog.find_model("gemma-2-9b-it")->record;
    const auto groups = [&](std::uint32_t layers) {
        Dimensions dimensions = record.dimensions();
        dimensions.block_count = layers;
        return CacheLayout::create(describe_model(record.architecture, dimensions).value(), {}, {})->groups().size();
    };
    CHECK(groups(42) == 2);  // 21 with a window, 21 without
    CHECK(groups(43) == 2);  // 22 and 21
    CHECK(groups(5) == 3);   // 3 and 2: half as many more are too many for one
    CHECK(groups(3) == 3);   // 2 and 1
}

TEST_CASE("the longest context that starts is the one before that does not") {
    const Model model = model_of("qwen3-8b");
    const auto layout = CacheLayout::create(model.spec, {}, {});
    REQUIRE(layout);
    for (const std::int64_t blocks : {1, 7, 100, 2000}) {
        const Tokens longest = layout->longest(blocks, Tokens{2048}, Tokens{1 << 20});
        CHECK(layout->blocks_of_sequence(longest, Tokens{2048}) <= blocks);
        CHECK(layout->blocks_of_sequence(longest + Tokens{1}, Tokens{2048}) > blocks);
    }
    CHECK(layout->longest(0, Tokens{2048}, Tokens{1000}) == Tokens{});
}

TEST_CASE("the scratch of a batch is that of the widest layer, or of the logits") {
    const auto peak = [](const char* id, const Parallelism& parallelism, double hidden_copies, double logits_copies) {
        const Model model = model_of(id);
        ServingSettings settings;
        settings.batch = Tokens{2048};
        settings.sequences = 256;
        settings.parallelism = parallelism;
        ServingCoefficients coefficients;
        coefficients.hidden_copies = hidden_copies;
        coefficients.logits_copies = logits_copies;
        return activation_peak(model.spec, model.inventory, settings, coefficients).count();
    };
    // Gate, up and their product of 12,288 values; hidden states of 4,096; 16 bits.
    CHECK(peak("qwen3-8b", {}, 0, 0) == 2 * 2048 * 3 * 12288);
    CHECK(peak("qwen3-8b", {}, 2, 0) == 2 * 2048 * (3 * 12288 + 2 * 4096));
    CHECK(peak("qwen3-8b", {2, 1, 1}, 2, 0) == 2 * 2048 * (3 * 6144 + 2 * 4096));
    // 8 experts of 768 values, whose results have 2,048; shared out, or whole experts on each GPU.
    CHECK(peak("qwen3-30b-a3b", {}, 0, 0) == 2 * 2048 * 8 * (2048 + 768));
    CHECK(peak("qwen3-30b-a3b", {2, 1, 1}, 0, 0) == 2 * 2048 * 8 * (2048 + 384));
    CHECK(peak("qwen3-30b-a3b", {2, 1, 1, true}, 0, 0) == 2 * 2048 * 8 * (2048 + 768));
    // 8 of 2,048 values with results of 7,168, beside one that all tokens share; wider than the dense layers' 18,432.
    CHECK(peak("deepseek-r1-0528", {}, 0, 0) == 2 * 2048 * (8 * (7168 + 2048) + 3 * 2048));
    // Logits of 151,936 words in 32 bits for every sequence, 3 copies of them.
    CHECK(peak("qwen3-8b", {}, 0, 3) == 4LL * 3 * 256 * 151936);
}

TEST_CASE("a picture tower's scratch grows with its weights") {
    Model model = model_of("qwen3-8b");
    CheckpointModule tower;
    tower.kind = ModuleKind::vision;
    tower.inputs = 1000;
    tower.outputs = 5'000'000;
    model.inventory.modules.push_back(tower);
    ServingCoefficients coefficients;
    coefficients.vision_copies = 0.5;
    CHECK(activation_peak(model.spec, model.inventory, {}, coefficients) == Bytes{5'000'000'000});  // 16-bit copies
    model.inventory.modules.push_back(tower);
    CHECK(activation_peak(model.spec, model.inventory, {}, coefficients) == Bytes{10'000'000'000});
}

TEST_CASE("the longest context that starts fits once beside the states, and a token more does not") {
    const Model model = model_of("qwen3.6-35b-a3b");
    const std::vector<Bytes> weights{GB * 70};
    for (const bool paged : {true, false}) {
        ServingSettings settings;
        settings.cache.paged = paged;
        const auto plan = [&](Tokens context, Bytes total) {
            settings.context = context;
            return plan_serving(model.spec, model.inventory, weights, settings, {}, BudgetRule::fraction, total).value();
        };
        const Bytes total = GB * 77;
        const Tokens longest = plan(Tokens{4096}, total).longest;
        INFO(longest.count());
        REQUIRE(longest > Tokens{4096});
        REQUIRE(longest < model.spec.context_length);
        CHECK(plan(longest, total).concurrency >= 1);
        CHECK(plan(longest + Tokens{1}, total).concurrency < 1);
        CHECK(plan(longest, total).starts);
        CHECK_FALSE(plan(longest + Tokens{1}, total).starts);
    }
}

TEST_CASE("SGLang's share of a card comes from its size") {
    CHECK(fraction_defaults(GiB * 24, {}).chunk == Tokens{2048});
    CHECK(fraction_defaults(GiB * 80, {}).fraction == Approx(0.836));
    CHECK(fraction_defaults(GiB * 288, {}).fraction == Approx(0.911));
    struct Tier {
        std::int64_t gib, chunk, graph_batch, graph_batch_of_four;
    };
    for (const Tier& tier : {Tier{16, 2048, 8, 8}, {20, 2048, 24, 80}, {34, 2048, 24, 80}, {35, 4096, 32, 160}, {59, 4096, 32, 160},
                             {60, 8192, 256, 512}, {159, 8192, 256, 512}, {160, 16384, 512, 512}}) {
        INFO(tier.gib << " GiB");
        const FractionDefaults one = fraction_defaults(GiB * tier.gib, {}), four = fraction_defaults(GiB * tier.gib, {4, 1, 1});
        CHECK(one.chunk == Tokens{tier.chunk});
        CHECK(one.graph_batch == tier.graph_batch);
        CHECK(fraction_defaults(GiB * tier.gib, {3, 1, 1}).graph_batch == tier.graph_batch);
        CHECK(four.graph_batch == tier.graph_batch_of_four);
        CHECK(four.fraction < one.fraction);
    }
    // Of so little every MiB that is kept counts: 512, 1.5 times 2,048 tokens, 2 a captured sequence, 128 a GPU.
    CHECK(fraction_defaults(MiB * 100, {}).fraction == Approx(1 - 37.28));
    CHECK(fraction_defaults(MiB * 100, {4, 1, 1}).fraction == Approx(1 - 41.12));
    CHECK(fraction_defaults(MiB * 100, {2, 2, 1}).fraction == Approx(1 - 41.12));
}

TEST_CASE("a configuration's own quantization and picture tower are read") {
    const auto text = [](const char* rest) { return std::string("{\"model_type\": \"x\", \"hidden_size\": 5120") + rest + "}"; };
    const auto fp8 = read_checkpoint_config(
        text(R"(, "quantization_config": {"quant_method": "fp8", "weight_block_size": [128, 128], "modules_to_not_convert": ["lm_head", "gate"]})"), "c");
    REQUIRE(fp8);
    CHECK(fp8->format->name == "fp8-block");
    CHECK(fp8->details.ignored == std::vector<std::string>{"lm_head", "gate"});
    const auto int4 = read_checkpoint_config(text(R"(, "quantization_config": {"quant_method": "compressed-tensors", "ignore": ["re:.*self_attn.*"],
        "config_groups": {"group_0": {"weights": {"num_bits": 4, "group_size": 32, "type": "int"}}}})"), "c");
    REQUIRE(int4);
    CHECK(int4->format->name == "w4a16");
    CHECK(int4->details.group == 32);
    const auto tower = read_checkpoint_config(text(R"(, "vision_config": {"model_type": "qwen2_5_vl", "depth": 32, "hidden_size": 1280,
        "intermediate_size": 3420, "patch_size": 14, "temporal_patch_size": 2, "out_hidden_size": 3584})"), "c");
    REQUIRE(tower);
    CHECK(tower->vision == Params{676'550'144});  // Qwen2.5-VL-7B: 8,292,166,656 in all less 7,615,616,512 of text
    CHECK(tower->format->name == "bf16");
    const auto unknown = read_checkpoint_config(text(R"(, "quantization_config": {"quant_method": "hqq"})"), "c");
    REQUIRE_FALSE(unknown);
    CHECK(unknown.error().kind == ErrorKind::unsupported);
    CHECK(read_checkpoint_config(text(R"(, "vision_config": {"model_type": "nonesuch"})"), "c")->unknown_vision == "nonesuch");
    CHECK_FALSE(read_checkpoint_config("[", "c"));
}

TEST_CASE("formats belong to engines") {
    const auto vllm = run({"qwen3-8b", "--engine", "vllm", "--quant", "Q4_K_M"});
    CHECK(vllm.status == 2);
    CHECK(vllm.err.find("awq") != std::string::npos);
    const auto llama = run({"qwen3-8b", "--quant", "AWQ"});
    CHECK(llama.status == 2);
    CHECK(llama.err.find("--engine vllm") != std::string::npos);
    CHECK(run({"qwen3-8b", "--users", "4"}).status == 2);
    CHECK(run({"models", "--gpu", "rtx-4090", "--engine", "vllm"}).status == 2);
    CHECK(run({"qwen3-8b", "--engine", "vllm", "--gpu", "rtx-4090", "--gpu", "rtx-3090"}).status == 2);
    CHECK(run({"qwen3-8b", "--engine", "vllm", "--gpu", "mac-studio-m3-ultra-512gb"}).status == 2);
    CHECK(run({"rwkv7-goose-world3-2.9b", "--engine", "vllm"}).status == 3);
}

TEST_CASE("two formats are made from a 16-bit repository while it is loaded") {
    std::vector<std::string_view> made;
    for (const CheckpointFormat& format : checkpoint_formats())
        if (format.made_at_load) made.push_back(format.name);
    CHECK(made == std::vector<std::string_view>{"fp8", "nf4"});
}

TEST_CASE("DeepSeek R1 in its own FP8 on nodes of eight") {
    const json h200 = answer({"deepseek-r1-0528", "--engine", "vllm", "--ctx", "max", "--gpu", "8x h200"});
    CHECK(h200["settings"]["quant"] == "fp8-block");
    CHECK(h200["serving"]["starts"] == true);
    CHECK(h200["serving"]["tensor_parallel"] == 8);
    CHECK(h200["serving"]["max_model_len"] == 163840);
    CHECK(h200["serving"]["max_concurrency"].get<double>() > 2);
    const auto h100 = run({"deepseek-r1-0528", "--engine", "vllm", "--gpu", "8x h100-80gb"});
    CHECK(h100.status == 1);
    CHECK(h100.out.find("weights alone") != std::string::npos);
    const json nodes = answer({"deepseek-r1-0528", "--engine", "vllm", "--ctx", "max", "--gpu", "16x h100-80gb"});
    CHECK(nodes["serving"]["tensor_parallel"] == 8);
    CHECK(nodes["serving"]["pipeline_parallel"] == 2);
    CHECK(nodes["serving"]["nodes"] == 2);
    CHECK(nodes["serving"]["starts"] == true);
}

TEST_CASE("what a deployment needs is its parts") {
    const json s = answer({"qwen3-8b", "--engine", "vllm", "--gpu", "rtx-4090", "--users", "8", "--ctx", "4k"})["serving"];
    const auto bytes = [&](const char* name) { return s[name].get<std::int64_t>(); };
    CHECK(bytes("kv_pool_bytes") == bytes("budget_bytes") - bytes("weights_bytes_per_device") - bytes("activation_bytes") -
                                        bytes("non_torch_bytes") - bytes("cuda_graph_bytes"));
    CHECK(bytes("budget_bytes") == std::llround(0.92 * static_cast<double>(bytes("total_bytes"))));
    CHECK(s["max_concurrency_range"][0].get<double>() <= s["max_concurrency"].get<double>());
    CHECK(s["max_concurrency"].get<double>() <= s["max_concurrency_range"][1].get<double>());
    CHECK(s["max_num_seqs"] == 8);
}

TEST_CASE("the smallest number of each GPU serves, and one fewer does not") {
    const json answered = answer({"gpus", "qwen2.5-32b-instruct", "--engine", "vllm", "--users", "32", "--kind", "datacenter"});
    REQUIRE(answered["devices"].size() > 3);
    for (const json& row : answered["devices"]) {
        const std::int64_t count = row["count"];
        if (count == 1 || count > 8) continue;
        const auto fewer = run({"qwen2.5-32b-instruct", "--engine", "vllm", "--users", "32", "--gpu",
                                std::to_string(count - 1) + "x " + row["device"].get<std::string>()});
        INFO(row.dump());
        CHECK(fewer.status == 1);
    }
}

TEST_CASE("as many slots as fit") {
    const json most = answer({"qwen3-8b", "--gpu", "rtx-4090", "--ctx", "16k", "--parallel", "max"});
    const std::int64_t slots = most["settings"]["parallel"];
    CHECK(slots > 1);
    CHECK(run({"qwen3-8b", "--gpu", "rtx-4090", "--ctx", "16k", "--parallel", std::to_string(slots)}).status == 0);
    CHECK(run({"qwen3-8b", "--gpu", "rtx-4090", "--ctx", "16k", "--parallel", std::to_string(slots + 1)}).status == 1);
    CHECK(most["placement"]["commands"]["ollama_environment"]["OLLAMA_NUM_PARALLEL"] == std::to_string(slots));
    CHECK(run({"qwen3-8b", "--parallel", "max"}).status == 2);
}

TEST_CASE("words that a serving engine has no use for, or that no device has, are refused") {
    for (std::vector<std::string> words : std::vector<std::vector<std::string>>{
             {"--vendor", "foo"}, {"--kind", "nonsense"}, {"--sort", "speed"}, {"--depth", "100"}, {"--prompt", "garbage"},
             {"--answer", "100"}, {"--thinking", "100"}, {"--ram-bandwidth", "90GB/s"}, {"--price", "abc"},
             {"--power-price", "0.3"}, {"--calibrate", "nofile"}}) {
        INFO(words.front());
        const std::string option = words.front();
        words.insert(words.begin(), {"gpus", "qwen3-8b", "--engine", "vllm", "--check"});
        const cli::Outcome outcome = test::run_words(words);
        CHECK(outcome.status == 2);
        CHECK(outcome.err.find(option) != std::string::npos);
    }
    CHECK(test::run_words({"gpus", "qwen3-8b", "--engine", "vllm", "--check", "--vendor", "amd", "--kind", "datacenter"}).status == 0);
}
