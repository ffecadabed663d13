// Context against memory: the points are the estimator's, the limit and the largest context the solver's.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "render/context_plot.hpp"
#include "support/ask.hpp"
#include "support/catch.hpp"

using namespace fitcalc;
using nlohmann::json;
using test::answer_to;
using test::run_words;

namespace {

std::int64_t total_at_context(const char* model, const char* quant, std::int64_t context) {
    return answer_to({model, "-q", quant, "-c", std::to_string(context)})["estimate"]["total_bytes"];
}

}  // namespace

TEST_CASE("every point of a curve is the answer at that context", "[plot]") {
    const json answer = answer_to({"deepseek-r1:32b", "-q", "Q4_K_M", "-c", "10000", "--plot"});
    REQUIRE(answer["curves"].size() == 1);
    const json& points = answer["curves"][0]["points"];
    REQUIRE(points.size() == 22);  // 5 doublings of 4 points, the end, and the context asked for
    CHECK(points.front()["context"] == 4096);
    CHECK(points.back()["context"] == 131072);
    for (const std::size_t i : {std::size_t{0}, std::size_t{5}, std::size_t{13}, points.size() - 1}) {
        INFO(points[i].dump());
        CHECK(points[i]["total_bytes"] == total_at_context("deepseek-r1:32b", "Q4_K_M", points[i]["context"]));
        CHECK(points[i]["fits"].is_null());
    }
    CHECK(std::ranges::any_of(points, [](const json& point) { return point["context"] == 10000; }));
    CHECK(answer["curves"][0]["limit_bytes"].is_null());
    CHECK_FALSE(answer_to({"deepseek-r1:32b"}).contains("curves"));
}

TEST_CASE("a curve fits exactly as far as the largest context", "[plot]") {
    const json answer = answer_to({"deepseek-r1:32b", "--gpu", "rtx-3090", "--plot"});
    const json& curve = answer["curves"][0];
    CHECK(curve["max_context"] == answer["placement"]["max_context"]);
    CHECK(curve["limit_bytes"] == answer["devices"][0]["usable_bytes"]);
    CHECK(std::ranges::any_of(curve["points"], [&](const json& point) { return point["context"] == curve["max_context"]; }));
    for (const json& point : curve["points"]) CHECK(point["fits"] == (point["context"] <= curve["max_context"]));
}

TEST_CASE("a short model's curve begins early and host memory has one, too", "[plot]") {
    const json small = answer_to({"tinyllama-1.1b", "--plot"})["curves"][0];
    CHECK(small["points"].front()["context"] == 256);
    CHECK(small["points"].back()["context"] == 2048);
    const json host = answer_to({"llama-3.1-8b", "--ram", "8GB", "--plot"})["curves"][0];
    CHECK(host["device"] == "cpu");
    CHECK(host["limit_bytes"] == 8LL << 30);
    // What part may lie in host memory does not change what the devices hold alone.
    const json alone = answer_to({"llama-3.1-70b", "--gpu", "rtx-4090", "--plot"})["curves"][0];
    const json beside = answer_to({"llama-3.1-70b", "--gpu", "rtx-4090", "--ram", "64GB", "--plot"})["curves"][0];
    CHECK(alone == beside);
    CHECK(alone["max_context"].is_null());
}

TEST_CASE("compared models have a curve each, as rows as well", "[plot]") {
    const json answer = answer_to({"compare", "qwen3-8b", "--quant", "Q8_0,Q4_K_M", "--gpu", "rtx-3060", "--plot"});
    REQUIRE(answer["curves"].size() == 2);
    CHECK(answer["curves"][1]["quant"] == "Q4_K_M");
    const std::string rows =
        run_words({"compare", "qwen3-8b", "--quant", "Q8_0,Q4_K_M", "--gpu", "rtx-3060", "--plot", "-f", "csv"}).out;
    CHECK(rows.starts_with("id,quant,device,limit_bytes,context,total_bytes,fits\nqwen3-8b,Q8_0,rtx-3060"));
    std::size_t points = 0;
    for (const json& curve : answer["curves"]) points += curve["points"].size();
    CHECK(static_cast<std::size_t>(std::ranges::count(rows, '\n')) == points + 1);
}

TEST_CASE("what has no curve is refused", "[plot]") {
    for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
             {"plan", "qwen3-8b", "--gpu", "rtx-3060", "--plot"},
             {"grid", "qwen3-8b", "--plot"},
             {"llama-3.1-8b", "--engine", "vllm", "--gpu", "rtx-4090", "--plot"},
             {"deepseek-r1-0528", "--method", "nominal", "--plot"},
             {"list", "models", "-f", "svg"},
             {"models", "--gpu", "8GB", "-f", "svg"},
             {"qwen3-8b", "-f", "html", "--fields", "quant"}}) {
        INFO(words.front());
        const cli::Outcome outcome = run_words(words);
        CHECK(outcome.status == 2);
        CHECK(outcome.out.empty());
        CHECK(outcome.err.starts_with("fitcalc: error: "));
    }
}

TEST_CASE("scales put ticks on round numbers", "[plot]") {
    const ContextAxis contexts{Tokens{4096}, Tokens{163840}};
    CHECK(contexts.at(Tokens{4096}) == 0);
    CHECK(contexts.at(Tokens{163840}) == 1);
    std::string labels;
    for (const Tick& tick : contexts.ticks(8)) labels += tick.label + " ";
    CHECK(labels == "4K 8K 16K 32K 64K 160K ");
    const MemoryAxis memory{GB * 28};
    labels.clear();
    for (const Tick& tick : memory.ticks(6, Units::gb)) labels += tick.label + " ";
    CHECK(labels == "0 5 10 15 20 25 ");
    labels.clear();
    for (const Tick& tick : MemoryAxis{MiB * 700}.ticks(6, Units::gb)) labels += tick.label + " ";
    CHECK(labels == "0.0 0.2 0.4 0.6 ");
    const ContextCurve curve{{{Tokens{100}, Bytes{1000}, true}, {Tokens{200}, Bytes{3000}, true}}, {}, {}};
    CHECK(total_at(curve, 150) == 2000);
    CHECK(total_at(curve, 100) == 1000);
    CHECK(total_at(curve, 200) == 3000);
}
