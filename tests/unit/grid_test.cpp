#include <nlohmann/json.hpp>

#include "support/ask.hpp"

using namespace fitcalc;
using nlohmann::json;
using test::answer_to;

namespace {

cli::Outcome run_words(const std::vector<std::string>& words, bool terminal = false) {
    cli::World world = test::empty_world();
    world.variable = [](const char* name) -> std::optional<std::string> {
        if (std::string_view(name) == "LANG") return "C.UTF-8";
        return std::nullopt;
    };
    world.out_is_terminal = terminal;
    return cli::run(words, world);
}

}  // namespace

TEST_CASE("a grid's cells are what fit says of them", "[grid]") {
    const json grid = answer_to({"grid", "deepseek-r1:32b", "--gpu", "rtx-3090", "--kv-type", "q8_0"});
    CHECK(grid["contexts"] == json{4096, 8192, 16384, 32768, 65536, 131072});
    CHECK(grid["quants"].size() == 33);
    CHECK(grid["cells"].size() == 33 * 6);
    CHECK(grid["settings"]["quant"].is_null());
    for (const json& cell : grid["cells"]) {
        const std::string quant = cell["quant"];
        if (quant != "Q4_K_M" && quant != "IQ2_XXS") continue;
        const json fit = answer_to({"deepseek-r1:32b", "--gpu", "rtx-3090", "--kv-type", "q8_0", "-q", quant, "-c",
                                    std::to_string(cell["context"].get<int>())});
        INFO(cell.dump());
        CHECK(cell["total_bytes"] == fit["estimate"]["total_bytes"]);
        CHECK(cell["required_bytes"] == fit["devices"][0]["required_bytes"]);
        CHECK(cell["headroom_bytes"] == fit["devices"][0]["headroom_bytes"]);
        CHECK(cell["verdict"] == fit["verdict"]);
    }
}

TEST_CASE("a grid's rows and columns can be chosen", "[grid]") {
    const json grid = answer_to({"grid", "qwen3-8b", "-q", "q8_0,Q4_K_M", "-c", "max,2k"});
    CHECK(grid["contexts"] == json{40960, 2048});
    CHECK(grid["devices"].empty());
    REQUIRE(grid["cells"].size() == 4);
    CHECK(grid["cells"][0]["verdict"].is_null());
    CHECK(grid["cells"][0]["required_bytes"].is_null());
    CHECK(run_words({"grid", "qwen3-8b", "-q", "q8_0,Q4"}).status == 2);
    CHECK(run_words({"grid", "qwen3-8b", "-c", "8k,many"}).status == 2);
    CHECK(run_words({"grid", "qwen3-8b", "--method", "nominal"}).status == 2);
}

TEST_CASE("the last column is the model's whole context", "[grid]") {
    const json grid = answer_to({"grid", "qwen3-8b"});
    CHECK(grid["contexts"].back() == 40960);
    CHECK(grid["contexts"].size() == 5);
}

TEST_CASE("a grid's exit status says whether anything fits", "[grid]") {
    CHECK(run_words({"grid", "qwen3-8b", "--gpu", "8GB"}).status == 0);
    CHECK(run_words({"grid", "deepseek-r1-0528", "--gpu", "8GB"}).status == 1);
    const auto checked = run_words({"grid", "deepseek-r1-0528", "--gpu", "8GB", "--check"});
    CHECK(checked.status == 1);
    CHECK(checked.out == "x no      DeepSeek R1 0528 on 8GB: 0 of 231 combinations of quantization and context fit\n");
}

TEST_CASE("every verdict in a grid has a sign of its own", "[grid]") {
    const std::string text = run_words({"grid", "qwen3-8b", "--gpu", "8GB"}, true).out;
    CHECK(text.find("✓ fits   ! tight") != std::string::npos);
    CHECK(text.find("✗ does not fit") != std::string::npos);
    CHECK(text.find("!  7.9") != std::string::npos);
}

TEST_CASE("a grid in markdown is the same picture", "[grid]") {
    const std::string text = run_words({"grid", "qwen3-8b", "--gpu", "8GB", "-q", "Q8_0", "-c", "4k,8k", "-f", "markdown"}).out;
    CHECK(text ==
          "Qwen3 8B, llama.cpp, f16 cache, 1 sequence, CUDA\n\n"
          "GB needed on 8GB, 8.11 GB usable\n\n"
          "| quant | quality % | 4K | 8K |\n|---|---:|---:|---:|\n| Q8_0 | ~99.8 | ✗ 9.1 | ✗ 9.7 |\n\n"
          "✗ does not fit\n");
    const std::string rows = run_words({"grid", "qwen3-8b", "-q", "Q8_0", "-c", "4k", "-f", "markdown", "--fields", "quant,context"}).out;
    CHECK(rows == "| quant | context |\n|---|---:|\n| Q8_0 | 4096 |\n");
}

TEST_CASE("a grid says that it is RAM that is short", "[grid]") {
    const std::vector<std::string> words{"grid", "deepseek-r1-0528", "--gpu", "rtx-4090", "--ram", "512GB", "-q", "Q8_0", "-c", "8k"};
    const json grid = answer_to(words);
    REQUIRE(grid["cells"].size() == 1);
    const json cell = grid["cells"][0], fit = answer_to({"deepseek-r1-0528", "--gpu", "rtx-4090", "--ram", "512GB", "-q", "Q8_0"});
    CHECK(cell["verdict"] == "no");
    CHECK(cell["headroom_bytes"] > 0);
    CHECK(cell["shortfall_bytes"] == fit["placement"]["shortfall_bytes"]);
    CHECK(cell["host_bytes"] == fit["placement"]["host"]["total_bytes"]);
    CHECK(grid["ram_bytes"] == cell["host_bytes"].get<std::int64_t>() - cell["shortfall_bytes"].get<std::int64_t>());
    const std::string text = run_words(words, true).out;
    CHECK(text.find("RTX 4090, 25.3 GB usable and 549.8 GB of RAM") != std::string::npos);
    CHECK(text.find("✗ does not fit; where the figure would, RAM is short") != std::string::npos);
}
