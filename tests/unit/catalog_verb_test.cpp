// Models from a config.json on the command line, and the catalog verb.
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/run.hpp"
#include "support/catch.hpp"
#include "support/gguf_writer.hpp"

using namespace fitcalc;
using namespace fitcalc::cli;

namespace {

const std::string llama_31_8b = R"({"architectures": ["LlamaForCausalLM"], "num_hidden_layers": 32, "hidden_size": 4096,
    "num_attention_heads": 32, "num_key_value_heads": 8, "intermediate_size": 14336, "vocab_size": 128256,
    "max_position_embeddings": 131072, "rope_scaling": {"rope_type": "llama3"}, "tie_word_embeddings": false})";

World world_with(std::map<std::string, std::string> files) {
    World world;
    world.variable = [](const char*) { return std::nullopt; };
    // The same files through both seams: whole, and as sources of bytes.
    const auto held = std::make_shared<test::MemoryFiles>();
    for (const auto& [path, text] : files) held->add(path, text);
    world.files.open = [held](const std::string& path) { return held->files().open(path); };
    world.read_file = [files = std::move(files)](const std::string& path) -> Result<std::string> {
        const auto found = files.find(path);
        if (found != files.end()) return found->second;
        return fail(ErrorKind::bad_data, path + ": No such file or directory");
    };
    return world;
}

std::string overlay(const std::string& fields) {
    return R"({"models": [{"id": "mine", "name": "Mine", "architecture": "llama", "sources": ["me"],
        "dimensions": {"block_count": 2,
        "context_length": 4096, "embedding_length": 64, "vocab_size": 1000, "feed_forward_length": 128,
        "attention.head_count": 4})" +
           fields + "}]}";
}

}  // namespace

TEST_CASE("MODEL may be a config.json") {
    const World world = world_with({{"models/Tuned-8B/config.json", llama_31_8b}, {"bad.json", "{"}});
    const Outcome outcome = run({"models/Tuned-8B/config.json", "-q", "Q4_K_M", "--format", "json"}, world);
    REQUIRE(outcome.status == 0);
    const auto answer = nlohmann::json::parse(outcome.out);
    CHECK(answer["estimate"]["weights_bytes"] == 4'912'898'304);
    CHECK(answer["model"]["name"] == "Tuned-8B");
    CHECK(answer["model"]["architecture"] == "llama");
    CHECK(run({"explain", "models/Tuned-8B/config.json"}, world).status == 0);
    CHECK(run({"models/Tuned-8B/config.json", "--method", "nominal"}, world).status == 0);
    CHECK(run({"bad.json"}, world).status == 3);
    CHECK(run({"absent.json"}, world).status == 3);
    // A name with a slash that is no file is looked up.
    CHECK(run({"meta-llama/Llama-3.1-8B-Instruct"}, world).status == 0);
    CHECK(run({"nobody/nothing-like-it"}, world).status == 2);
}

TEST_CASE("catalog add writes a record that the catalog can read") {
    const World world = world_with({{"config.json", llama_31_8b}});
    const Outcome added =
        run({"catalog", "add", "config.json", "--id", "my-8b", "--source", "here", "--source", "there"}, world);
    REQUIRE(added.status == 0);
    const auto record = nlohmann::json::parse(added.out)["models"][0];
    CHECK(record["id"] == "my-8b");
    CHECK(record["sources"] == nlohmann::json::array({"here", "there"}));
    CHECK(record["confidence"] == "verbatim");
    CHECK(record["dimensions"]["rope_factors"] == true);
    const World again = world_with({{"mine.json", added.out}});
    CHECK(run({"my-8b", "--catalog", "mine.json", "-q", "Q4_K_M", "--value", "weights_bytes"}, again).out ==
          "4912898304\n");
    CHECK(run({"catalog", "check", "mine.json"}, again).status == 0);
    CHECK(run({"catalog", "add", "config.json"}, world).status == 2);
    CHECK(run({"catalog", "add", "nonesuch.json", "--source", "x"}, world).status == 3);
}

TEST_CASE("a configuration that does not name its model is called as its folder, however that is typed") {
    World world = world_with({{"config.json", llama_31_8b}, {"./config.json", llama_31_8b}, {"../config.json", llama_31_8b}});
    world.files.is_folder = [](const std::string& path) { return path == "." || path == ".."; };
    const auto name = [&](const char* model) {
        return nlohmann::json::parse(run({model, "--format", "json"}, world).out)["model"]["name"].get<std::string>();
    };
    const auto added = [&](const char* file) {
        const auto record = nlohmann::json::parse(run({"catalog", "add", file, "--source", "here"}, world).out)["models"][0];
        return record["name"].get<std::string>();
    };
    // Where the folder's name can't be told, as the class of model.
    for (const char* file : {"config.json", "./config.json"}) {
        CHECK(name(file) == "LlamaForCausalLM");
        CHECK(added(file) == "LlamaForCausalLM");
    }
    CHECK(name(".") == "LlamaForCausalLM");
    world.files.real_path = [](const std::string& path) { return path.starts_with("..") ? "/models" : "/models/Tuned-8B"; };
    for (const char* file : {"config.json", "./config.json"}) {
        CHECK(name(file) == "Tuned-8B");
        CHECK(added(file) == "Tuned-8B");
    }
    CHECK(name(".") == "Tuned-8B");
    CHECK(name("..") == "models");
    CHECK(name("../config.json") == "models");
}

TEST_CASE("a folder may be called as a GGUF file is") {
    World world = world_with({{"mine.gguf/config.json", llama_31_8b}});
    world.files.is_folder = [](const std::string& path) { return path == "mine.gguf"; };
    const Outcome added = run({"catalog", "add", "mine.gguf", "--source", "here"}, world);
    CHECK(added.status == 0);
    CHECK(nlohmann::json::parse(added.out)["models"][0]["architecture"] == "llama");
}

TEST_CASE("dimensions that no model has are told with the file or the record that states them") {
    std::string headless = llama_31_8b;
    headless.replace(headless.find("\"num_attention_heads\": 32"), 25, "\"head_dim\": 128, \"num_attention_heads\": 0");
    std::string huge = overlay("");
    huge.replace(huge.find("\"block_count\": 2"), 16, "\"block_count\": 1000000000");
    const World world = world_with({{"config.json", headless}, {"mine.json", huge}});
    for (const char* verb : {"fit", "grid", "explain"}) {
        INFO(verb);
        const Outcome of_file = run({verb, "config.json"}, world);
        const Outcome of_record = run({verb, "mine", "--catalog", "mine.json"}, world);
        CHECK(of_file.status == 3);
        CHECK(of_file.err.starts_with("fitcalc: error: config.json: dimension 'attention.head_count' is 0"));
        CHECK(of_record.status == 3);
        CHECK(of_record.err.starts_with("fitcalc: error: models.mine.dimensions: block_count is 1000000000"));
    }
}

TEST_CASE("catalog add makes the record from a GGUF file's header") {
    World world = world_with({});
    world.files = test::model_files().files();
    const Outcome added = run({"catalog", "add", "qwen3-0.6b-q4_k_m.gguf", "--id", "mine", "--source", "here"}, world);
    INFO(added.err);
    REQUIRE(added.status == 0);
    const auto record = nlohmann::json::parse(added.out)["models"][0];
    CHECK(record["architecture"] == "qwen3");
    CHECK(record["dimensions"]["tied_embeddings"] == true);
    const World again = world_with({{"mine.json", added.out}});
    const test::ReferenceModel& model = test::reference_model("qwen3-0.6b");
    CHECK(run({"mine", "--catalog", "mine.json", "-q", "Q4_K_M", "--value", "weights_bytes"}, again).out ==
          std::to_string(model.weights.at("Q4_K_M").second.count()) + "\n");
    CHECK(run({"catalog", "add", "truncated.gguf", "--source", "x"}, world).status == 3);
}

TEST_CASE("catalog check") {
    struct Case {
        std::string text;
        int status;
        std::string words;
    };
    const Case cases[] = {
        {overlay(""), 0, "mine: llama, 2 layers"},
        {overlay(R"(, "published_parameters": 210240)"), 0, "published"},
        {overlay(R"(, "published_parameters": 211000)"), 0, "211000 published"},
        {overlay(R"(, "published_parameters": 212000)"), 3, "212000 published"},
        {overlay(R"(, "published_parameters": 999999)"), 3, "999999 published"},
        {overlay(R"(, "aliases": ["llama-3.1-8b"])"), 3, "belongs to llama-3.1-8b"},
        {"{", 3, "no valid JSON"},
        {R"({"models": [{"id": "mine", "architecture": "nonesuch", "sources": ["me"]}]})", 3,
         "'nonesuch' is not supported"},
        {R"({"models": [{"id": "mine", "architecture": "llama", "sources": ["me"]}]})", 3, "is missing"},
        {R"({"gpus": [{"id": "card"}]})", 3, "memory_bytes"},
        {R"({"gpus": [{"id": "a", "memory_bytes": 1}, {"id": "a", "memory_bytes": 1}]})", 3, "stands twice"},
    };
    for (const Case& each : cases) {
        INFO(each.text);
        const Outcome outcome = run({"catalog", "check", "mine.json"}, world_with({{"mine.json", each.text}}));
        INFO(outcome.out + outcome.err);
        CHECK(outcome.status == each.status);
        CHECK((outcome.out + outcome.err).find(each.words) != std::string::npos);
    }
    CHECK(run({"catalog"}, world_with({})).status == 2);
    CHECK(run({"catalog", "nonesuch"}, world_with({})).status == 2);
}

TEST_CASE("catalog check lists every problem with its record and field") {
    const std::string text = R"({"models": [{"id": "m", "name": "M", "architecture": "nonesuch", "licence": "MIT", "released": "May"}],
        "gpus": [{"id": "Card", "kind": "brick", "memory_bytes": 100, "marketed_memory_bytes": 1000, "tdp_watts": "hot",
                  "memory_bus_bits": 256, "memory_data_rate_gbps": 20, "bandwidth_bytes_per_second": 500000000000,
                  "launch_price_usd": 100, "pci_ids": ["2684"], "sources": ["me"],
                  "cloud_prices": [{"usd_per_hour_low": 2, "usd_per_hour_high": 1, "source": "me"}]},
                 {"id": "box", "kind": "system", "members": [{"id": "nonesuch", "count": 1}], "sources": ["me"]},
                 {"id": "twin", "kind": "system", "members": [{"id": "rtx-3090", "count": 2}], "memory_bytes": 5, "sources": [""],
                  "aliases": ["4090"]}]})";
    const Outcome outcome = run({"catalog", "check", "mine.json"}, world_with({{"mine.json", text}}));
    INFO(outcome.err);
    CHECK(outcome.status == 3);
    CHECK(outcome.out.empty());
    for (const char* words :
         {"models.m.licence: no such field", "models.m.released: 'May'", "models.m.dimensions: ", "models.m.sources: ",
          "gpus.Card.tdp_watts: not a whole number", "gpus.Card.id: ", "gpus.Card.kind: 'brick' is not one of gpu",
          "gpus.Card.memory_bytes: ", "gpus.Card.bandwidth_bytes_per_second: 500 GB/s, but", "is 640",
          "gpus.Card.launch_price_confidence: ", "gpus.Card.pci_ids: '2684'", "gpus.Card.cloud_prices: ",
          "gpus.box.members: no gpu has the id 'nonesuch'", "gpus.twin.memory_bytes: is not the sum", "gpus.twin.sources: "})
        CHECK(outcome.err.find(words) != std::string::npos);
}

TEST_CASE("the built-in catalog is sound") {
    const Outcome outcome = run({"catalog", "check"}, world_with({}));
    INFO(outcome.err);
    CHECK(outcome.status == 0);
    CHECK(outcome.out.find("sound; models ") != std::string::npos);
    for (const char* list :
         {", quality ", ", published ", ", speed_families ", ", speed_backends ", ", speed_engines ", ", speed_tables 1"})
        CHECK(outcome.out.find(list) != std::string::npos);
}

TEST_CASE("what would be divided by, or is no size, is refused as it is read") {
    struct Case {
        const char* text;
        const char* words;
    };
    const Case cases[] = {
        {R"({"speed_backends": [{"name": "cuda", "bandwidth": 0}]})", "speed_backends.cuda.bandwidth: must be above 0"},
        {R"({"speed_backends": [{"name": "cuda"}]})", "speed_backends.cuda.cache: must be above 0"},
        {R"({"speed_engines": [{"name": "llama.cpp", "experts": -1}]})", "speed_engines.llama.cpp.experts: must be above 0"},
        {R"({"speed_engines": [{"name": "llama.cpp", "launch": -1}]})", "speed_engines.llama.cpp.launch: must not be below 0"},
        {R"({"speed_families": [{"name": "Ada", "vendor": "nvidia", "bandwidth": 1, "compute": 1, "operations_per_byte": 0,
                                 "source": "me"}]})",
         "speed_families.Ada.operations_per_byte: must be above 0"},
        {R"({"speed_tables": [{"name": "mine", "source": "me", "decode": [0, 1]}]})",
         "speed_tables.mine.decode: is no range above 0"},
        {R"({"published": [{"model": "qwen3-8b", "publisher": "me", "source": "me", "files": [{"quant": "NOBYTES"}]}]})",
         "published.qwen3-8b.files.bytes: must be above 0"},
        {R"({"published": [{"model": "qwen3-8b", "publisher": "me", "source": "me", "files": [{"bytes": 1}]}]})",
         "published.qwen3-8b.files.quant: is missing"},
        {R"({"quality": [{"model": "qwen3-8b", "quant": "Q4_K_M", "ppl": 5, "ppl_base": 0, "source": "me"}]})",
         "quality.qwen3-8b.ppl_base: must be above 0"},
        {R"({"quants": [{"name": "Q4_K_M", "loss_fit": {"loss_at_8b": 0.1, "spread_factor": 0}}]})",
         "quants.Q4_K_M.loss_fit.spread_factor: must be above 0"},
    };
    for (const Case& each : cases) {
        INFO(each.text);
        const World world = world_with({{"mine.json", each.text}});
        for (const std::vector<std::string>& words : {std::vector<std::string>{"catalog", "check", "mine.json"},
                                                      {"qwen3-8b", "--gpu", "rtx-4090", "--catalog", "mine.json"}}) {
            const Outcome outcome = run(words, world);
            INFO(outcome.err);
            CHECK(outcome.status == 3);
            CHECK(outcome.err.find(each.words) != std::string::npos);
        }
    }
}

TEST_CASE("catalog check looks at every list, and at lists that no catalog has") {
    const std::string text = R"({"modles": [], "schema": "fitcalc/1",
        "quality": [{"model": "nonesuch", "quant": "Q4_K_M", "ppl": 5, "top1_match": 101}],
        "published": [{"model": "nonesuch", "date": "May", "files": [{"quant": "X", "bytes": 1}, {"quant": "X", "bytes": 2}]}],
        "speed_families": [{"name": "Mine", "vendor": "me", "bandwidth": 1, "compute": 1}],
        "speed_backends": [{"name": "abacus"}], "speed_tables": [{"name": "t"}],
        "engines": [{"name": "e"}, {"name": "e"}]})";
    const Outcome outcome = run({"catalog", "check", "mine.json"}, world_with({{"mine.json", text}}));
    INFO(outcome.err);
    CHECK(outcome.status == 3);
    for (const char* words :
         {"modles: no such list", "quality.nonesuch.model: no model has that id", "quality.nonesuch.source: is missing",
          "quality.nonesuch.top1_match: ", "quality.nonesuch.ppl: ppl and ppl_base go together",
          "published.nonesuch.model: no model has that id", "published.nonesuch.publisher: is missing",
          "published.nonesuch.source: is missing", "published.nonesuch.date: 'May'", "published.nonesuch.files: 'X' stands twice",
          "speed_families.Mine.vendor: 'me' is not one of", "speed_families.Mine.source: is missing",
          "speed_backends.abacus.name: 'abacus' is not one of", "speed_backends.abacus.decode.full: must be above 0",
          "speed_tables.t.source: is missing", "engines.e.name: the name stands twice"})
        CHECK(outcome.err.find(words) != std::string::npos);
    CHECK(outcome.err.find("schema") == std::string::npos);
    // A list of that name alone is no catalog, but its name is what is wrong.
    const Outcome misspelt = run({"catalog", "check", "mine.json"}, world_with({{"mine.json", R"({"modles": []})"}}));
    CHECK(misspelt.status == 3);
    CHECK(misspelt.err.find("modles: no such list") != std::string::npos);
}

TEST_CASE("catalog path") {
    World world = world_with({});
    CHECK(run({"catalog", "path"}, world).out == "built in\n");
    world.variable = [](const char* name) -> std::optional<std::string> {
        if (std::string_view{name} == "FITCALC_CATALOG") return "mine.json";
        return std::nullopt;
    };
    CHECK(run({"catalog", "path"}, world).out == "built in\nmine.json (FITCALC_CATALOG)\n");
}

TEST_CASE("what the catalog's words print has one format each") {
    const World world = world_with({{"config.json", llama_31_8b}});
    for (const char* format : {"json", "csv", "markdown"})
        for (const char* word : {"check", "path"}) {
            const Outcome outcome = run({"catalog", word, "-f", format}, world);
            CHECK(outcome.status == 2);
            CHECK(outcome.err.find("prints nothing but lines of text") != std::string::npos);
        }
    CHECK(run({"catalog", "path", "--json"}, world).status == 2);
    CHECK(run({"catalog", "path", "-f", "table"}, world).status == 0);
    CHECK(run({"catalog", "add", "config.json", "--source", "x", "-f", "json"}, world).status == 0);
    CHECK(run({"catalog", "add", "config.json", "--source", "x", "-f", "csv"}, world).status == 2);
}
