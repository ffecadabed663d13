// fitcalc list: searches, filters, order, one record whole.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "support/ask.hpp"

using namespace fitcalc;
using namespace fitcalc::cli;
using nlohmann::json;
using test::run_words;

namespace {

json records(std::vector<std::string> words, const char* topic) { return test::answer_to(std::move(words))[topic]; }

}  // namespace

TEST_CASE("list filters") {
    for (const json& gpu : records({"list", "gpus", "--vendor", "AMD", "--min-memory", "24GB"}, "gpus")) {
        INFO(gpu["id"]);
        CHECK(gpu["vendor"] == "amd");
        CHECK(gpu["marketed_memory_bytes"] >= std::int64_t{24} << 30);
    }
    const json laptops = records({"list", "gpus", "--kind", "laptop", "--released-after", "2025"}, "gpus");
    CHECK(laptops.size() > 5);
    for (const json& gpu : laptops) {
        CHECK(gpu["class"] == "laptop");
        CHECK(gpu["released"] >= "2025");
    }
    CHECK(records({"list", "gpus", "--kind", "host"}, "gpus").size() > 20);
    for (const json& model : records({"list", "models", "--publisher", "qwen", "--released-after", "2025-01"}, "models")) {
        CHECK(model["publisher"] == "Qwen");
        CHECK(model["released"] >= "2025-01");
    }
    for (const json& model : records({"list", "models", "coder", "32b"}, "models"))
        CHECK(std::string(model["id"]).find("coder") != std::string::npos);
    CHECK(records({"list", "quants", "q4_k"}, "quants").size() >= 2);
    CHECK(records({"list", "architectures", "moe"}, "architectures").size() >= 2);
    CHECK(records({"list", "gpus", "4090"}, "gpus").size() == 3);  // the D and the laptop's too
}

TEST_CASE("listed models have the columns of the table, as fit says them") {
    const Outcome rows = run_words({"list", "models", "qwen3-8b", "-f", "csv", "--fields", "id,parameters,context_length"});
    CHECK(rows.status == 0);
    CHECK(rows.out == "id,parameters,context_length\nqwen3-8b,8190735360,40960\n");
    for (const char* id : {"deepseek-r1-0528", "gpt-oss-20b"}) {
        const json listed = records({"list", "models", id}, "models")[0], fitted = test::answer_to({id})["model"];
        CHECK(listed["parameters"] == fitted["parameters"]);
        CHECK(listed["context_length"] == fitted["context_length"]);
        CHECK(listed["source"].is_string());
    }
    for (const json& model : records({"list", "models"}, "models")) {
        INFO(model["id"]);
        CHECK(model["parameters"] > 0);
        CHECK(model["context_length"] > 0);
    }
}

TEST_CASE("list answers no where nothing matches, and refuses what it can't filter by") {
    const Outcome nothing = run_words({"list", "gpus", "nonesuch"});
    CHECK(nothing.status == 1);
    CHECK(records({"list", "gpus", "nonesuch"}, "gpus") == json::array());
    CHECK(run_words({"list", "models", "--vendor", "amd"}).status == 2);
    CHECK(run_words({"list", "quants", "--released-after", "2025"}).status == 2);
    CHECK(run_words({"list", "gpus", "--released-after", "yesterday"}).status == 2);
    CHECK(run_words({"list", "gpus", "--min-memory", "lots"}).status == 2);
    const Outcome no_field = run_words({"list", "gpus", "--sort", "nonesuch"});
    CHECK(no_field.status == 2);
    CHECK(no_field.err.find("memory_bytes") != std::string::npos);
}

TEST_CASE("list sorts by a field, what is unknown last") {
    const json up = records({"list", "gpus", "--sort", "launch_price_usd"}, "gpus");
    const json down = records({"list", "gpus", "--sort", "price:desc"}, "gpus");
    REQUIRE(up.size() == down.size());
    CHECK(up.back()["launch_price_usd"].is_null());
    CHECK(down.back()["launch_price_usd"].is_null());
    for (const json* list : {&up, &down})
        for (std::size_t i = 1; i < list->size(); ++i) {
            const json &a = (*list)[i - 1]["launch_price_usd"], &b = (*list)[i]["launch_price_usd"];
            if (b.is_null()) continue;
            REQUIRE_FALSE(a.is_null());
            CHECK((list == &up ? a <= b : a >= b));
        }
    const json models = records({"list", "models", "--sort", "parameters:desc", "--family", "qwen3"}, "models");
    REQUIRE(models.size() > 3);
    CHECK(models.front()["id"] != models.back()["id"]);
    CHECK(records({"list", "quants", "--sort", "quality:desc"}, "quants").front()["quality_percent"] == 100.0);
}

TEST_CASE("one record whole") {
    const Outcome gpu = run_words({"list", "gpus", "rtx-4090"});
    REQUIRE(gpu.status == 0);
    CHECK(gpu.out.find("25.8 GB (25,757,220,864 bytes)") != std::string::npos);
    CHECK(gpu.out.find("(recalled)") == std::string::npos);
    CHECK(gpu.out.find("gfx target") != std::string::npos);
    CHECK(gpu.out.find("unknown") != std::string::npos);
    CHECK(gpu.out.find("sources") != std::string::npos);
    CHECK(run_words({"list", "gpus", "RTX 4060 Ti 16GB"}).out.find("rtx-4060-ti-16gb") != std::string::npos);
    CHECK(run_words({"list", "gpus", "h100-sxm-80gb"}).out.find("900.0 GB/s (recalled)") != std::string::npos);
    const Outcome model = run_words({"list", "models", "deepseek-r1:32b"});
    CHECK(model.out.find("block_count") != std::string::npos);
    CHECK(model.out.find("deepseek-r1-distill-qwen-32b") != std::string::npos);
    CHECK(run_words({"list", "quants", "Q4_K_M"}).out.find("nominal bits") != std::string::npos);
    CHECK(run_words({"list", "engines", "llama.cpp"}).out.find("backends") != std::string::npos);
    CHECK(run_words({"list", "architectures", "deepseek2"}).out.find("source") != std::string::npos);
    CHECK(records({"list", "gpus", "rtx-4090"}, "gpus").size() == 1);
    // csv keeps its one line for a record.
    CHECK(run_words({"list", "gpus", "rtx-4090", "--format", "csv", "--fields", "id,memory_bytes", "--no-header"}).out ==
          "rtx-4090,25757220864\n");
}

TEST_CASE("models are sorted by all their parameters, those whose name tells the active ones too") {
    std::vector<std::string> ids;
    for (const json& model : records({"list", "models", "qwen3.5", "a", "--sort", "parameters"}, "models")) ids.push_back(model["id"]);
    const auto place = [&](const char* id) { return std::ranges::find(ids, id) - ids.begin(); };
    CHECK(place("qwen3.5-35b-a3b") < place("qwen3.5-122b-a10b"));
    CHECK(place("qwen3.5-122b-a10b") < place("qwen3.5-397b-a17b"));
    CHECK(ids.back() == "qwen3.5-397b-a17b");
}

TEST_CASE("no model is listed by the size of its active parameters") {
    for (const json& model : records({"list", "models", "olmoe"}, "models")) CHECK(model["parameters_label"] == "7B");
    CHECK(records({"list", "models", "llama-4-scout"}, "models")[0]["parameters_label"] == "109B");
    CHECK(records({"list", "models", "llama-4-maverick"}, "models")[0]["parameters_label"] == "400B");
}
