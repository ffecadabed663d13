// fitcalc list: searches, filters, order, one record whole.
#include <nlohmann/json.hpp>

#include "cli/run.hpp"
#include "support/catch.hpp"

using namespace fitcalc;
using namespace fitcalc::cli;
using nlohmann::json;

namespace {

Outcome ask(std::vector<std::string> words) {
    World world;
    world.variable = [](const char*) { return std::nullopt; };
    return run(words, world);
}

json records(std::vector<std::string> words, const char* topic) {
    words.insert(words.end(), {"--format", "json"});
    const Outcome outcome = ask(words);
    INFO(outcome.err);
    REQUIRE(outcome.status < 2);
    return json::parse(outcome.out)[topic];
}

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

TEST_CASE("list answers no where nothing matches, and refuses what it can't filter by") {
    const Outcome nothing = ask({"list", "gpus", "nonesuch"});
    CHECK(nothing.status == 1);
    CHECK(records({"list", "gpus", "nonesuch"}, "gpus") == json::array());
    CHECK(ask({"list", "models", "--vendor", "amd"}).status == 2);
    CHECK(ask({"list", "quants", "--released-after", "2025"}).status == 2);
    CHECK(ask({"list", "gpus", "--released-after", "yesterday"}).status == 2);
    CHECK(ask({"list", "gpus", "--min-memory", "lots"}).status == 2);
    const Outcome no_field = ask({"list", "gpus", "--sort", "nonesuch"});
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
    const Outcome gpu = ask({"list", "gpus", "rtx-4090"});
    REQUIRE(gpu.status == 0);
    CHECK(gpu.out.find("25.8 GB (25,757,220,864 bytes)") != std::string::npos);
    CHECK(gpu.out.find("(recalled)") == std::string::npos);
    CHECK(gpu.out.find("gfx target") != std::string::npos);
    CHECK(gpu.out.find("unknown") != std::string::npos);
    CHECK(gpu.out.find("sources") != std::string::npos);
    CHECK(ask({"list", "gpus", "RTX 4060 Ti 16GB"}).out.find("rtx-4060-ti-16gb") != std::string::npos);
    CHECK(ask({"list", "gpus", "h100-sxm-80gb"}).out.find("900.0 GB/s (recalled)") != std::string::npos);
    const Outcome model = ask({"list", "models", "deepseek-r1:32b"});
    CHECK(model.out.find("block_count") != std::string::npos);
    CHECK(model.out.find("deepseek-r1-distill-qwen-32b") != std::string::npos);
    CHECK(ask({"list", "quants", "Q4_K_M"}).out.find("nominal bits") != std::string::npos);
    CHECK(ask({"list", "engines", "llama.cpp"}).out.find("backends") != std::string::npos);
    CHECK(ask({"list", "architectures", "deepseek2"}).out.find("source") != std::string::npos);
    CHECK(records({"list", "gpus", "rtx-4090"}, "gpus").size() == 1);
    // csv keeps its one line for a record.
    CHECK(ask({"list", "gpus", "rtx-4090", "--format", "csv", "--fields", "id,memory_bytes", "--no-header"}).out ==
          "rtx-4090,25757220864\n");
}
