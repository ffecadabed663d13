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
