#include <algorithm>
#include <nlohmann/json.hpp>

#include "fitcalc/catalog.hpp"
#include "report/purpose.hpp"
#include "report/quant_ladder.hpp"
#include "support/ask.hpp"
#include "support/catch.hpp"

using namespace fitcalc;
using nlohmann::json;
using test::answer_to;
using test::run_words;

TEST_CASE("each of the models is what fit says of it, at the quantization that fit recommends", "[models]") {
    for (const char* device : {"rtx-4090", "8GB", "16GB"}) {
        const json answer = answer_to({"models", "--gpu", device});
        REQUIRE(answer["models"].size() > 10);
        for (std::size_t i = 0; i < answer["models"].size(); i += 5) {
            const json& model = answer["models"][i];
            INFO(device << " " << model.dump());
            const json fit = answer_to({model["id"], "--gpu", device, "-q", model["quant"]});
            CHECK(model["required_bytes"] == fit["devices"][0]["required_bytes"]);
            CHECK(model["headroom_bytes"] == fit["devices"][0]["headroom_bytes"]);
            CHECK(model["verdict"] == fit["verdict"]);
            CHECK(model["max_context"] == fit["devices"][0]["max_context"]);
            CHECK(model["file_size_bytes"] == fit["estimate"]["file_size_bytes"]);
            CHECK(model["context"] == fit["settings"]["context"]);
            if (model["verdict"] != "tight") CHECK(model["quant"] == fit["recommendation"]["quant"]);
            CHECK(model["quality_percent"] == (*std::ranges::find_if(fit["quants"], [&](const json& q) {
                                                  return q["quant"] == model["quant"];
                                              }))["quality_percent"]);
        }
    }
}

TEST_CASE("the largest models come first, and last those that lose more than a quarter of their quality", "[models]") {
    const json models = answer_to({"models", "--gpu", "8GB"})["models"];
    const auto poor = [](const json& model) {
        return !model["quality_percent"].is_null() && model["quality_percent"] < 75;
    };
    const auto first_poor = std::ranges::find_if(models, poor);
    REQUIRE(first_poor != models.begin());
    REQUIRE(first_poor != models.end());
    const auto larger = [](const json& a, const json& b) { return a["parameters"] > b["parameters"]; };
    CHECK(std::all_of(first_poor, models.end(), poor));
    CHECK(std::is_sorted(models.begin(), first_poor, larger));
    CHECK(std::is_sorted(first_poor, models.end(), larger));
    CHECK(larger(*first_poor, *(first_poor - 1)));
}

TEST_CASE("every model of the catalog is in one of the lists", "[models]") {
    const json answer = answer_to({"models", "--gpu", "12GB", "--ctx", "32k"});
    std::vector<std::string> ids;
    for (const json& model : answer["models"]) ids.push_back(model["id"]);
    for (const char* list : {"too_large", "too_short", "not_computed"})
        for (const json& id : answer[list]) ids.push_back(id);
    std::ranges::sort(ids);
    std::vector<std::string> all;
    const Catalog catalog;
    for (const ModelRecord* model : catalog.models()) all.emplace_back(model->id);
    std::ranges::sort(all);
    CHECK(ids == all);
    CHECK_FALSE(answer["too_large"].empty());
    CHECK_FALSE(answer["too_short"].empty());
}

TEST_CASE("models that layers are kept off the devices of are listed by themselves without --ram", "[models]") {
    const std::vector<std::string> words{"models", "--gpu", "24GB", "--ngl", "1", "-q", "Q4_K_M"};
    const json without = answer_to(words);
    CHECK(without["models"].empty());
    std::vector<std::string> more = words;
    more.insert(more.end(), {"--ram", "100000GB"});
    const json with = answer_to(more);
    CHECK(with["needs_ram"].empty());
    REQUIRE(without["needs_ram"].size() > 10);
    for (const json& id : without["needs_ram"])
        CHECK(std::ranges::any_of(with["models"], [&](const json& m) { return m["id"] == id && m["verdict"] == "offload"; }));
}

TEST_CASE("a model that is too large for the list fits nowhere", "[models]") {
    const json answer = answer_to({"models", "--gpu", "12GB"});
    for (const json& id : answer["too_large"]) {
        INFO(id);
        CHECK(run_words({id, "--gpu", "12GB", "-q", "IQ1_S", "--check"}).status == 1);
    }
}

TEST_CASE("a given quantization is taken for all", "[models]") {
    const json answer = answer_to({"models", "--gpu", "24GB", "-q", "q6_k"});
    for (const json& model : answer["models"]) CHECK(model["quant"] == "Q6_K");
    CHECK(answer["settings"]["quant"] == "Q6_K");
}

TEST_CASE("a context is asked of all models alike, max of each its own", "[models]") {
    const json answer = answer_to({"models", "--gpu", "24GB", "-c", "max"});
    for (const json& model : answer["models"]) CHECK(model["context"] == model["context_length"]);
    CHECK(answer["too_short"].empty());
}

TEST_CASE("exit statuses of models and recommend", "[models][recommend]") {
    CHECK(run_words({"models", "--gpu", "24GB"}).status == 0);
    CHECK(run_words({"models", "--gpu", "1GB", "--ctx", "128k"}).status == 1);
    CHECK(run_words({"models"}).status == 2);
    CHECK(run_words({"models", "qwen3-8b", "--gpu", "24GB"}).status == 2);
    CHECK(run_words({"models", "--gpu", "24GB", "--kv-type-v", "q8_0", "--flash-attn", "off"}).status == 2);
    CHECK(run_words({"models", "--ram", "64GB"}).status == 0);
    CHECK(run_words({"recommend", "--gpu", "24GB"}).status == 0);
    CHECK(run_words({"recommend", "--gpu", "1GB", "--ctx", "128k"}).status == 1);
    CHECK(run_words({"recommend", "--gpu", "24GB", "--for", "poetry"}).status == 2);
}

TEST_CASE("of what loses as little as the best, the smallest is taken", "[models]") {
    const QuantOffer offers[] = {{99.98, Bytes{80}}, {99.9, Bytes{65}}, {99.81, Bytes{60}}, {97, Bytes{50}}};
    CHECK(least_loss(offers) == 1);
    CHECK(least_loss(std::span{offers}.subspan(2)) == 0);
    CHECK(least_loss({}) == std::nullopt);
}

TEST_CASE("each rung of the ladder's main line is smaller than the one before", "[models]") {
    const Catalog catalog;
    const QuantLadder ladder{catalog};
    REQUIRE(ladder.main_line().size() >= 15);
    for (const char* model : {"llama-3.1-8b", "deepseek-r1-0528", "mixtral-8x7b", "qwen3-32b"}) {
        const json quants = answer_to({model})["quants"];
        std::int64_t last = INT64_MAX;
        for (const QuantLadder::Rung& rung : ladder.main_line()) {
            const auto row = std::ranges::find_if(quants, [&](const json& q) { return q["quant"] == traits(rung.type).name; });
            INFO(model << " " << traits(rung.type).name);
            CHECK((*row)["weights_bytes"] < last);
            last = (*row)["weights_bytes"];
        }
    }
}

TEST_CASE("a recommendation is ranked by its score and rests on sourced scores", "[recommend]") {
    for (const char* purpose : {"chat", "code", "reasoning"}) {
        const json answer = answer_to({"recommend", "--gpu", "24GB", "--for", purpose});
        INFO(purpose);
        REQUIRE_FALSE(answer["models"].empty());
        double last = 100;
        for (const json& model : answer["models"]) {
            CHECK(model["score"] <= last);
            last = model["score"];
            REQUIRE_FALSE(model["scores"].empty());
            for (const json& score : model["scores"]) {
                CHECK(score["source"].is_string());
                CHECK(score["unit"] == "percent");
            }
            CHECK(std::abs(model["score"].get<double>() -
                           model["strength_percent"].get<double>() * model["quality_percent"].get<double>() / 100) < 0.02);
            CHECK(model["verdict"] != "no");
        }
        for (const json& model : answer["unranked"]) CHECK_FALSE(model.contains("score"));
        CHECK(answer["commands"]["llama_server"].is_string());
    }
}

TEST_CASE("benchmarks tell of one purpose each", "[recommend]") {
    CHECK(measures("LiveCodeBench", Purpose::code));
    CHECK_FALSE(measures("LiveCodeBench", Purpose::chat));
    CHECK(measures("AIME 2024", Purpose::reasoning));
    CHECK(measures("MMLU-Pro", Purpose::chat));
    CHECK(measures("MMLU-Pro", Purpose::any));
    CHECK_FALSE(measures("Codeforces rating", Purpose::code));
    CHECK_FALSE(measures("Somebody's own", Purpose::any));
}

TEST_CASE("a model whose experts were released in MXFP4 is run in that type", "[models]") {
    const json usual = answer_to({"gpt-oss-20b"});
    CHECK(usual["settings"]["quant"] == "MXFP4_MOE");
    CHECK(usual["recommendation"]["quant"] == "MXFP4_MOE");
    CHECK(usual["warnings"].empty());
    CHECK(usual["estimate"] == answer_to({"gpt-oss-20b", "-q", "mxfp4"})["estimate"]);
    const auto quality_of = [&](std::string_view quant) {
        return (*std::ranges::find_if(usual["quants"], [&](const json& q) { return q["quant"] == quant; }))["quality_percent"];
    };
    CHECK(quality_of("MXFP4_MOE") == quality_of("Q8_0"));

    CHECK(answer_to({"gpt-oss-20b", "-q", "Q4_K_M"})["warnings"].size() == 1);
    for (const std::vector<std::string>& devices : {std::vector<std::string>{"--gpu", "24GB"}, {"--gpu", "rtx-3090", "--ram", "128GB"}}) {
        std::vector<std::string> words{"models"};
        words.insert(words.end(), devices.begin(), devices.end());
        const json answer = answer_to(std::move(words));
        for (const json& model : answer["models"]) {
            if (model["id"] == "gpt-oss-20b" || model["id"] == "gpt-oss-120b") CHECK(model["quant"] == "MXFP4_MOE");
            if (model["id"] == "qwen3-30b-a3b") CHECK(model["quant"] != "MXFP4_MOE");
        }
    }
    const json plan = answer_to({"plan", "gpt-oss-20b", "--gpu", "24GB"});
    CHECK(plan["placement"]["commands"]["llama_server"].get<std::string>().starts_with(
        "llama-server -hf ggml-org/gpt-oss-20b-GGUF:MXFP4 "));
    CHECK(plan["placement"]["commands"]["ollama"] == "ollama run hf.co/ggml-org/gpt-oss-20b-GGUF:MXFP4");
}

TEST_CASE("with --ctx max each model is asked about at its own whole context, and so it is said", "[models]") {
    for (const char* verb : {"models", "recommend"}) {
        INFO(verb);
        const json answer = answer_to({verb, "--gpu", "24GB", "--ctx", "max"});
        CHECK(answer["settings"]["context"].is_null());
        for (const json& model : answer["models"]) CHECK(model["context"] == model["context_length"]);
        const std::string text = run_words({verb, "--gpu", "24GB", "--ctx", "max"}).out;
        CHECK(text.find("each model's whole context") != std::string::npos);
        CHECK(text.find("8,192 context") == std::string::npos);
    }
}
