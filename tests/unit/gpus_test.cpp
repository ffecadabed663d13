#include <algorithm>
#include <nlohmann/json.hpp>

#include "support/ask.hpp"
#include "support/catch.hpp"

using namespace fitcalc;
using nlohmann::json;
using test::answer_to;
using test::run_words;

TEST_CASE("each device fits, and one fewer does not", "[gpus]") {
    const json answer = answer_to({"gpus", "deepseek-r1:32b", "--kind", "gpu", "--ctx", "32k"});
    REQUIRE(answer["devices"].size() > 20);
    for (std::size_t i = 0; i < answer["devices"].size(); i += 9) {
        const json& row = answer["devices"][i];
        const std::string name = row["device"];
        const int count = row["count"];
        INFO(row.dump());
        const json fit = answer_to({"deepseek-r1:32b", "--ctx", "32k", "--gpu", std::to_string(count) + "x" + name});
        CHECK(row["required_bytes"] == fit["devices"][0]["required_bytes"]);
        CHECK(row["verdict"] == fit["verdict"]);
        CHECK(row["max_context"] == fit["devices"][0]["max_context"]);
        CHECK(fit["verdict"] != "no");
        if (count > 1)
            CHECK(run_words({"deepseek-r1:32b", "--ctx", "32k", "--check", "--gpu", std::to_string(count - 1) + "x" + name}).status == 1);
    }
    // Of laptops there is one device each.
    for (std::size_t i = 0; i < answer["too_small"].size(); i += 7)
        CHECK(run_words({"deepseek-r1:32b", "--ctx", "32k", "--check", "--gpu", answer["too_small"][i]}).status == 1);
}

TEST_CASE("devices can be filtered and sorted", "[gpus]") {
    const json amd = answer_to({"gpus", "qwen3-8b", "--vendor", "amd"});
    REQUIRE_FALSE(amd["devices"].empty());
    for (const json& row : amd["devices"]) CHECK(row["vendor"] == "amd");
    const json laptops = answer_to({"gpus", "qwen3-8b", "--kind", "laptop", "--max-count", "1"});
    for (const json& row : laptops["devices"]) {
        CHECK(row["class"] == "laptop");
        CHECK(row["count"] == 1);
    }
    const json priced = answer_to({"gpus", "qwen3-32b", "--kind", "consumer", "--sort", "price"});
    std::int64_t last = 0;
    bool unknown = false;
    for (const json& row : priced["devices"]) {
        if (row["launch_price_usd"].is_null()) {
            unknown = true;
            continue;
        }
        CHECK_FALSE(unknown);
        CHECK(row["launch_price_usd"] >= last);
        last = row["launch_price_usd"];
    }
    const json counted = answer_to({"gpus", "qwen3-32b", "--sort", "count"});
    CHECK(std::ranges::is_sorted(counted["devices"], {}, [](const json& row) { return row["count"].get<int>(); }));
}

TEST_CASE("exit statuses of gpus", "[gpus]") {
    CHECK(run_words({"gpus", "qwen3-8b"}).status == 0);
    CHECK(run_words({"gpus", "deepseek-r1-0528", "--kind", "laptop"}).status == 1);
    CHECK(run_words({"gpus", "qwen3-8b", "--check"}).status == 0);
    CHECK(run_words({"gpus"}).status == 2);
    CHECK(run_words({"gpus", "qwen3-8b", "--gpu", "24GB"}).status == 2);
    CHECK(run_words({"gpus", "qwen3-8b", "--max-count", "0"}).status == 2);
    CHECK(run_words({"gpus", "qwen3-8b", "--vendor", "acme"}).status == 2);
    CHECK(run_words({"gpus", "qwen3-8b", "--sort", "colour"}).status == 2);
}

TEST_CASE("what is to be left free is left on devices of the catalog, too", "[gpus]") {
    const auto usable = [](const json& answer, const std::string& device) {
        const auto row = std::ranges::find(answer["devices"], json(device), [](const json& each) { return each["device"]; });
        REQUIRE(row != answer["devices"].end());
        return (*row)["usable_bytes"].get<std::int64_t>();
    };
    const json all = answer_to({"gpus", "qwen3-8b"}), whole = answer_to({"gpus", "qwen3-8b", "--reserve", "0"}),
               less = answer_to({"gpus", "qwen3-8b", "--reserve", "4GB"});
    const std::int64_t memory = answer_to({"qwen3-8b", "--gpu", "rtx-4090"})["devices"][0]["memory_bytes"];
    CHECK(usable(all, "rtx-4090") < memory);
    CHECK(usable(whole, "rtx-4090") == memory);
    CHECK(usable(less, "rtx-4090") == memory - 4'000'000'000);
    CHECK(run_words({"gpus", "qwen3-8b", "--reserve", "10TB", "--check"}).status == 1);

    CHECK(answer_to({"qwen3-8b", "--reserve", "10TB"})["devices"].empty());
    const json fit = answer_to({"qwen3-8b", "--reserve", "4GB"});
    REQUIRE_FALSE(fit["devices"].empty());
    for (const json& row : fit["devices"])
        CHECK(row["memory_bytes"].get<std::int64_t>() - row["usable_bytes"].get<std::int64_t>() >= 4'000'000'000);

    const json served = answer_to({"gpus", "qwen3-8b", "--engine", "vllm", "--reserve", "10TB"});
    CHECK(served["devices"].empty());
    CHECK_FALSE(served["too_small"].empty());
}

TEST_CASE("the backend named is that of the devices listed", "[gpus]") {
    const json apple = answer_to({"gpus", "qwen3-8b", "--vendor", "apple"});
    CHECK(apple["settings"]["backend"] == "metal");
    CHECK(apple["warnings"].size() == 1);
    CHECK(run_words({"gpus", "qwen3-8b", "--vendor", "apple"}).out.find(", Metal") != std::string::npos);
    CHECK(answer_to({"gpus", "qwen3-8b", "--vendor", "nvidia"})["settings"]["backend"] == "cuda");
    CHECK(answer_to({"gpus", "qwen3-8b"})["settings"]["backend"].is_null());
    CHECK(run_words({"gpus", "qwen3-8b"}).out.find("each device's own backend") != std::string::npos);
    CHECK(answer_to({"gpus", "qwen3-8b", "--backend", "vulkan"})["settings"]["backend"] == "vulkan");
}
