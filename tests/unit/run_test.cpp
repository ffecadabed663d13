// Exit statuses and messages of the contract, through run() and through the real program.
#include <nlohmann/json.hpp>

#include "cli/run.hpp"
#include "fitcalc/version.hpp"
#include "support/catch.hpp"
#include "support/shell.hpp"

using namespace fitcalc;
using namespace fitcalc::cli;
using test::shell;

namespace {

World plain_world() {
    World world;
    world.variable = [](const char*) { return std::nullopt; };
    world.read_file = [](const std::string& path) -> Result<std::string> {
        if (path == "good.json") return std::string(R"({"gpus": [{"id": "my-card", "name": "My Card", "vendor": "me", "memory_bytes": 99000000000, "sources": ["label"]}]})");
        if (path == "bad.json") return std::string("{");
        return fail(ErrorKind::bad_data, path + ": No such file or directory");
    };
    return world;
}

Outcome run_words(const std::vector<std::string>& words) { return run(words, plain_world()); }

const std::string program = test::quoted(FITCALC_PROGRAM);

}  // namespace

TEST_CASE("the R1 anchors") {
    const auto answer = nlohmann::json::parse(run_words({"deepseek-r1-0528", "--quant", "Q4_K_M", "--format", "json"}).out);
    CHECK(answer["schema"] == "fitcalc/1");
    CHECK(answer["estimate"]["weights_bytes"] == 404'488'847'360);
    CHECK(answer["estimate"]["kv_cache_bytes"] == 575'668'224);
    CHECK(run_words({"deepseek-r1-0528", "-q", "q4_k_m", "--ctx", "max", "--value", "kv_cache_bytes"}).out == "11513364480\n");
    CHECK(run_words({"llama-3.1-8b", "-q", "Q4_K_M", "--value", "file_size_bytes"}).out == "4920739232\n");
    CHECK(run_words({"llama-3.1-8b", "-q", "Q4_K_M", "--value", "weights_bytes"}).out == "4912898304\n");
}

TEST_CASE("names on standard input stand for a dash") {
    const auto asked = [](std::string input, const std::vector<std::string>& words) {
        World world = plain_world();
        world.read_input = [input = std::move(input)]() -> Result<std::string> { return input; };
        return run(words, world);
    };
    const std::string one = run_words({"qwen3-8b", "--value", "total_bytes"}).out;
    const std::string other = run_words({"qwen3-4b", "--value", "total_bytes"}).out;
    const std::string names = "qwen3-8b\n\n  qwen3-4b \r\n";
    CHECK(asked(names, {"-", "--value", "total_bytes"}).out == one + other);
    CHECK(asked(names, {"compare", "-"}).out == run_words({"compare", "qwen3-8b", "qwen3-4b"}).out);
    CHECK(asked("qwen3-4b", {"compare", "qwen3-8b", "-"}).out == run_words({"compare", "qwen3-8b", "qwen3-4b"}).out);

    const std::string rows = asked(names, {"-", "-f", "csv", "--fields", "model,quant"}).out;
    CHECK(rows.starts_with("model,quant\nqwen3-8b,F32\n"));
    CHECK(rows.find("\nqwen3-4b,F32\n") != std::string::npos);
    CHECK(rows.find("model", 1) == std::string::npos);
    for (const char* format : {"table", "markdown"}) {
        const std::string tables = asked(names, {"-", "-f", format, "--fields", "quant,total_bytes"}).out;
        INFO(tables);
        CHECK(tables.substr(0, tables.find('\n')).find("model") != std::string::npos);
        const std::size_t second = tables.find("\n\n");
        REQUIRE(second != std::string::npos);
        CHECK(tables.substr(0, second).find("qwen3-8b") != std::string::npos);
        CHECK(tables.substr(0, second).find("qwen3-4b") == std::string::npos);
        CHECK(tables.substr(second).find("qwen3-4b") != std::string::npos);
    }
    CHECK(asked("qwen3-8b", {"-", "-f", "csv", "--fields", "quant"}).out.starts_with("quant\n"));

    CHECK(asked(names, {"-", "--gpu", "6GB", "-q", "Q4_K_M", "--check"}).status == 1);  // one of them fits
    CHECK(asked("qwen3-4b", {"-", "--gpu", "6GB", "-q", "Q4_K_M", "--check"}).status == 0);
    const Outcome unknown = asked("qwen3-8b\nnonesuch\n", {"-"});
    CHECK(unknown.status == 2);
    CHECK(unknown.out.empty());
    CHECK(asked(" \n", {"-"}).status == 2);
}

TEST_CASE("exit statuses") {
    struct Case {
        std::vector<std::string> words;
        int status;
    };
    const Case cases[] = {
        {{"llama-3.1-8b"}, 0},
        {{"fit", "llama-3.1-8b"}, 0},
        {{"--help"}, 0},
        {{"--version"}, 0},
        {{"help"}, 0},
        {{"version"}, 0},
        {{"list", "gpus"}, 0},
        {{"explain", "llama-3.1-8b"}, 0},
        {{"llama-3.1-8b", "--gpu", "rtx-4090"}, 0},
        {{"llama-3.1-8b", "--gpu", "24GB", "--check"}, 0},
        {{"llama-3.1-70b", "--gpu", "rtx-4090"}, 1},
        {{"llama-3.1-70b", "--gpu", "rtx-4090", "--check"}, 1},
        {{}, 2},
        {{"nonesuch-model"}, 2},
        {{"llama-3.1-8b", "--quant", "Q4_K_X"}, 2},
        {{"llama-3.1-8b", "--gpu", "rtx-9999"}, 2},
        {{"llama-3.1-8b", "--engine", "nonesuch"}, 2},
        {{"llama-3.1-8b", "--nonesuch"}, 2},
        {{"llama-3.1-8b", "--ctx"}, 2},
        {{"llama-3.1-8b", "--ctx", "-1"}, 2},
        {{"llama-3.1-8b", "--ctx", "0"}, 2},
        {{"llama-3.1-8b", "--ctx", "eight"}, 2},
        {{"llama-3.1-8b", "--parallel", "0"}, 2},
        {{"llama-3.1-8b", "--parallel", "257"}, 2},
        {{"llama-3.1-8b", "--kv-type", "q3_k"}, 2},
        {{"llama-3.1-8b", "--kv-type", "q8_0", "--flash-attn", "off"}, 2},
        {{"llama-3.1-8b", "--format", "xml"}, 2},
        {{"llama-3.1-8b", "--fields", "nonesuch", "--format", "csv"}, 2},
        {{"llama-3.1-8b", "--value", "nonesuch"}, 2},
        {{"llama-3.1-8b", "--check"}, 2},
        {{"llama-3.1-8b", "llama-3.1-70b"}, 2},
        {{"plan", "llama-3.1-8b"}, 2},
        {{"list", "nonesuch"}, 2},
        {{"llama-3.1-8b", "--ram", "64"}, 2},
        {{"llama-3.1-8b", "--gpu", "24GB", "--reserve", "2"}, 2},
        {{"llama-3.1-8b", "--gpu", "24GB", "--reserve", "0"}, 0},
        {{"list", "gpus", "--min-memory", "24"}, 2},
        {{"llama-3.1-8b", "--ram", "lots"}, 2},
        {{"llama-3.1-8b", "--gpu", "99x rtx-3090"}, 2},
        {{"llama-3.1-8b", "--catalog", "absent.json"}, 3},
        {{"llama-3.1-8b", "--catalog", "bad.json"}, 3},
        {{"llama-3.1-8b", "--catalog", "good.json", "--gpu", "my-card"}, 0},
    };
    for (const Case& each : cases) {
        std::string line;
        for (const auto& word : each.words) line += word + " ";
        INFO(line);
        const Outcome outcome = run_words(each.words);
        CHECK(outcome.status == each.status);
        if (each.status >= 2) {
            CHECK(outcome.out.empty());
            CHECK(outcome.err.starts_with("fitcalc: error: "));
        } else {
            CHECK_FALSE(outcome.out.empty());
            CHECK(outcome.err.find("error") == std::string::npos);
        }
    }
}

TEST_CASE("what stands behind two dashes is an operand, and switches take no values") {
    CHECK(run_words({"--", "qwen3-8b"}).out == run_words({"qwen3-8b"}).out);
    CHECK(run_words({"--value", "total_bytes", "--", "qwen3-8b"}).out == run_words({"qwen3-8b", "--value", "total_bytes"}).out);
    const Outcome dashed = run_words({"--", "-foo"});
    CHECK(dashed.status == 2);
    CHECK(dashed.err.find("no model named '-foo'") != std::string::npos);
    CHECK(run_words({"--", "qwen3-8b", "--value", "quant"}).err.find("not also '--value'") != std::string::npos);
    CHECK(run_words({"compare", "qwen3-8b", "--", "qwen3-4b"}).out == run_words({"compare", "qwen3-8b", "qwen3-4b"}).out);
    for (const char* word : {"--check=foo", "--check=true", "--check="}) {
        const Outcome outcome = run_words({"qwen3-8b", "--gpu", "24GB", word});
        CHECK(outcome.status == 2);
        CHECK(outcome.err.find("error: --check takes no value\n") != std::string::npos);
    }
}

TEST_CASE("an empty value is none") {
    for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
             {"qwen3-8b", "--quant", ""}, {"qwen3-8b", "-q", ""}, {"qwen3-8b", "--quant", "", "--ctx", "8k"}}) {
        const Outcome outcome = run_words(words);
        CHECK(outcome.status == 2);
        CHECK(outcome.err.find("error: --quant needs a value\n") != std::string::npos);
    }
    CHECK(run_words({"qwen3-8b", "--gpu", ""}).status == 2);
    CHECK(run_words({"qwen3-8b", "--gpu", "24GB", "--check", "--kv-unified"}).status == 0);  // switches have none to be empty
}

TEST_CASE("the beginning of a quantization's name is answered with those it may begin") {
    const auto hint = [](const char* typed) { return run_words({"qwen3-8b", "-q", typed}).err; };
    CHECK(hint("Q4").find("did you mean Q4_K_M, Q4_K_S, Q4_1?") != std::string::npos);
    CHECK(hint("q5_k").find("did you mean Q5_K_M, Q5_K_S, Q6_K?") != std::string::npos);
    CHECK(hint("Q4KM").find("did you mean Q4_K_M, Q5_K_M, Q4_K_S?") != std::string::npos);
    CHECK(hint("nonesuch").find("fitcalc list quants shows them all") != std::string::npos);
}

TEST_CASE("warnings go to standard error and into the JSON") {
    const Outcome outcome = run_words({"llama-2-7b", "--ctx", "8192", "--format", "json"});
    CHECK(outcome.status == 0);
    CHECK(outcome.err.find("fitcalc: warning: ") == 0);
    CHECK(outcome.err.find("beyond the 4,096") != std::string::npos);
    CHECK(nlohmann::json::parse(outcome.out)["warnings"].size() >= 1);
}

TEST_CASE("the context defaults to 8192 or the model's maximum") {
    CHECK(run_words({"llama-2-7b", "--value", "settings.context"}).out == "4096\n");
    CHECK(run_words({"llama-3.1-8b", "--value", "settings.context"}).out == "8192\n");
}

TEST_CASE("FITCALC_CATALOG is laid over the catalog") {
    World world = plain_world();
    world.variable = [](const char* name) -> std::optional<std::string> {
        if (std::string_view{name} == "FITCALC_CATALOG") return "good.json";
        return std::nullopt;
    };
    CHECK(run({"llama-3.1-8b", "--gpu", "my-card", "--check"}, world).status == 0);
}

TEST_CASE("the program says its version") {
    CHECK(version == FITCALC_PROJECT_VERSION);
    CHECK(run_words({"--version"}).out == "fitcalc " FITCALC_PROJECT_VERSION "\n");
}

TEST_CASE("the program's own exit statuses, a full disk and a closed pipe") {
    CHECK(shell(program + " llama-3.1-8b > /dev/null") == 0);
    CHECK(shell(program + " nonesuch > /dev/null 2>&1") == 2);
    CHECK(shell(program + " llama-3.1-8b --catalog /nonesuch.json > /dev/null 2>&1") == 3);
    CHECK(shell(program + " llama-3.1-8b > /dev/full 2> /dev/null") == 4);
    CHECK(shell(program + " --help > /dev/full 2> /dev/null") == 4);
    CHECK(shell("sh -c \"" + program + " list gpus --format json; echo status $? >&2\" 2>&1 >/dev/null | grep -q 'status 0'") == 0);
    CHECK(shell("bash -c \"set -o pipefail; " + program + " list gpus --format json | head -c 1 > /dev/null\"") == 0);
}
