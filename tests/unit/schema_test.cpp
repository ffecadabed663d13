// Real answers against data/schema/*.json.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "devices/detect.hpp"
#include "support/ask.hpp"
#include "support/gguf_writer.hpp"
#include "support/recorded_machine.hpp"
#include "support/transcript.hpp"

using namespace fitcalc;
using nlohmann::json;

namespace {

// What does not fit the schema; empty when the answer is valid.
std::string violations(const json& answer, const std::string& schema_name) {
    using valijson::adapters::NlohmannJsonAdapter;
    const json text = json::parse(test::read_text(FITCALC_SOURCE_DIR "/data/schema/" + schema_name + ".json"));
    valijson::Schema schema;
    valijson::SchemaParser{}.populateSchema(NlohmannJsonAdapter{text}, schema);
    valijson::ValidationResults results;
    valijson::Validator{}.validate(schema, NlohmannJsonAdapter{answer}, &results);
    std::string found;
    for (valijson::ValidationResults::Error error; results.popError(error);) {
        for (const auto& part : error.context) found += part;
        found += ": " + error.description + "\n";
    }
    return found;
}

json answer_to(std::vector<std::string> words) { return test::answer_to(std::move(words), test::world_of(test::model_files())); }

}  // namespace

TEST_CASE("answers are what their schema says") {
    const std::pair<std::vector<std::string>, const char*> questions[] = {
        {{"deepseek-r1-0528"}, "fit"},
        {{"llama-3.2-1b", "--ctx", "max", "--quant", "Q8_0"}, "fit"},
        {{"deepseek-r1:32b", "--gpu", "2x rtx-3090"}, "fit"},
        {{"deepseek-r1:32b", "--gpu", "8GB"}, "fit"},
        {{"deepseek-r1:32b", "--gpu", "rtx-4090", "--gpu", "8GB", "--ram", "64GB", "--ngl", "20"}, "fit"},
        {{"deepseek-r1-0528", "--gpu", "rtx-4090", "--ram", "512GB"}, "fit"},
        {{"llama-3.1-8b", "--ram", "16GB"}, "fit"},
        {{"explain", "deepseek-r1:8b", "--gpu", "8GB", "--ram", "64GB"}, "explain"},
        {{"deepseek-r1-0528", "--method", "nominal"}, "fit"},
        {{"explain", "deepseek-r1:8b"}, "explain"},
        {{"qwen3-0.6b-f16.gguf"}, "fit"},
        {{"qwen3-0.6b-own.gguf", "--gpu", "8GB"}, "fit"},
        {{"nonesuch.gguf"}, "fit"},
        {{"explain", "qwen3-0.6b-q4_k_m.gguf"}, "explain"},
        {{"explain", "nonesuch.gguf"}, "explain"},
        {{"inspect", "qwen3-0.6b-own.gguf"}, "inspect"},
        {{"inspect", "nonesuch.gguf", "--tensors"}, "inspect"},
        {{"grid", "deepseek-r1:32b"}, "grid"},
        {{"grid", "qwen3-8b", "--gpu", "2x 8GB"}, "grid"},
        {{"grid", "qwen3-0.6b-own.gguf", "--gpu", "8GB"}, "grid"},
        {{"compare", "deepseek-r1:32b", "qwen3-8b", "--gpu", "rtx-3090"}, "compare"},
        {{"compare", "deepseek-r1:32b", "--quant", "Q4_K_M,F32"}, "compare"},
        {{"compare", "deepseek-r1:32b", "qwen3-8b", "--gpu", "rtx-3090", "--plot"}, "compare"},
        {{"deepseek-r1-0528", "--gpu", "rtx-4090", "--plot"}, "fit"},
        {{"qwen3-0.6b-own.gguf", "--plot"}, "fit"},
        {{"deepseek-r1:32b", "qwen3-8b", "--gpu", "2x rtx-3090"}, "compare"},
        {{"compare", "qwen3-0.6b-own.gguf", "qwen3-8b"}, "compare"},
        {{"plan", "deepseek-r1-0528", "--gpu", "rtx-4090", "--ram", "512GB"}, "plan"},
        {{"plan", "deepseek-r1:70b", "--gpu", "rtx-4090"}, "plan"},
        {{"plan", "qwen3-8b", "--ram", "32GB", "-p", "2"}, "plan"},
        {{"plan", "qwen3-0.6b-own.gguf", "--gpu", "8GB", "--kv-type-k", "q8_0"}, "plan"},
        {{"models", "--ram", "32GB"}, "models"},
        {{"models", "--gpu", "rtx-4090"}, "models"},
        {{"models", "--gpu", "8GB", "--ctx", "32k", "-q", "Q6_K"}, "models"},
        {{"recommend", "--gpu", "rtx-4090", "--for", "code"}, "recommend"},
        {{"recommend", "--gpu", "1GB", "--ctx", "128k"}, "recommend"},
        {{"gpus", "qwen3-8b"}, "gpus"},
        {{"gpus", "deepseek-r1-0528", "--kind", "laptop"}, "gpus"},
        {{"qwen3-8b", "--engine", "vllm"}, "serving"},
        {{"deepseek-r1-0528", "--engine", "vllm", "--gpu", "16x h100-80gb", "--ctx", "max"}, "serving"},
        {{"plan", "qwen3-8b", "--engine", "sglang", "--gpu", "rtx-4090", "--users", "400"}, "serving"},
        {{"qwen2.5-7b-instruct", "--engine", "vllm", "--gpu", "3x rtx-4090", "--tp", "3"}, "serving"},
        {{"gpus", "qwen3-8b", "--engine", "vllm", "--users", "8", "--quant", "awq"}, "serving"},
        {{"list", "models"}, "list"},
        {{"list", "gpus"}, "list"},
        {{"list", "quants"}, "list"},
        {{"list", "engines"}, "list"},
        {{"list", "architectures"}, "list"},
    };
    for (const auto& [words, schema] : questions) {
        INFO(words.front() << " " << words.back());
        CHECK(violations(answer_to(words), schema) == "");
    }
}

TEST_CASE("the schemas refuse what is not an answer") {
    json answer = answer_to({"deepseek-r1-0528"});
    SECTION("a field is missing") { answer["estimate"].erase("total_bytes"); }
    SECTION("a size is a fraction") { answer["estimate"]["total_bytes"] = 1.5; }
    SECTION("a field that nobody knows") { answer["estimate"]["surprise"] = 1; }
    SECTION("another schema") { answer["schema"] = "fitcalc/2"; }
    CHECK(violations(answer, "fit") != "");
}

TEST_CASE("every record that list prints names its source") {
    for (const char* topic : {"models", "gpus", "quants", "engines", "architectures"}) {
        const json answer = answer_to({"list", topic});
        for (const json& record : answer[topic]) {
            INFO(topic << " " << record.dump().substr(0, 80));
            CHECK(record["source"].is_string());
        }
    }
}

TEST_CASE("what is detected on every recorded machine is what its schema says") {
    for (const std::string& machine : test::recorded_machines()) {
        INFO(machine);
        CHECK(violations(json::parse(test::read_text(test::machine_path(machine, "expected.json"))), "detect").empty());
    }
}

TEST_CASE("answers for every recorded machine are what their schema says") {
    const std::pair<std::vector<std::string>, const char*> questions[] = {
        {{"detect"}, "detect"},
        {{"llama-3.1-8b", "--gpu", "auto"}, "fit"},
        {{"deepseek-r1-0528", "--gpu", "auto", "--total"}, "fit"},
        {{"explain", "qwen3-8b", "--gpu", "auto"}, "explain"},
        {{"plan", "llama-3.3-70b", "--gpu", "auto"}, "plan"},
        {{"grid", "qwen3-8b", "--gpu", "auto", "--quant", "Q4_K_M,Q8_0"}, "grid"},
        {{"compare", "qwen3-8b", "llama-3.1-8b", "--gpu", "auto"}, "compare"},
        {{"compare", "qwen3-8b", "llama-3.1-8b", "--together", "--gpu", "auto"}, "compare"},
        {{"compare", "qwen3-8b", "--gpu", "auto,rtx-4090"}, "compare"},
        {{"models", "--gpu", "auto", "-q", "Q4_K_M"}, "models"},
        {{"recommend", "--gpu", "auto", "-q", "Q4_K_M"}, "recommend"},
    };
    const std::vector<std::string> all_verbs{"rtx-3090-3060", "strix-halo", "no-gpu"};  // the others go without whole catalogs
    for (const std::string& machine : test::recorded_machines())
        for (auto [words, schema] : questions) {
            const bool catalog = words.front() == "models" || words.front() == "recommend";
            if (catalog && std::ranges::find(all_verbs, machine) == all_verbs.end()) continue;
            INFO(machine << ": " << words.front() << " " << words.back());
            cli::World world = test::empty_world();
            world.detect = [&] { return detect_machine(test::recorded_probe(machine)); };
            words.emplace_back("--json");
            const cli::Outcome outcome = cli::run(words, world);
            INFO(outcome.err);
            REQUIRE(outcome.status <= 1);
            CHECK(violations(json::parse(outcome.out), schema) == "");
        }
}

TEST_CASE("the catalog's files are what their schema says") {
    for (const char* list : {"models", "gpus", "quants", "engines"}) {
        INFO(list);
        const json file = json::parse(test::read_text(std::string(FITCALC_SOURCE_DIR "/data/") + list + ".json"));
        CHECK(violations(file, std::string("catalog-") + list) == "");
    }
    json gpus = json::parse(test::read_text(FITCALC_SOURCE_DIR "/data/gpus.json"));
    gpus["gpus"][0]["memory_byte"] = 1;
    CHECK(violations(gpus, "catalog-gpus") != "");
}
