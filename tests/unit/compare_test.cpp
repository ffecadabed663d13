#include <nlohmann/json.hpp>

#include "support/ask.hpp"
#include "support/catch.hpp"

using namespace fitcalc;
using nlohmann::json;
using test::answer_to;
using test::run_words;

TEST_CASE("each column is what fit says of it", "[compare]") {
    const json compared = answer_to({"compare", "deepseek-r1:32b", "qwen3-8b", "--gpu", "rtx-3090", "-c", "16k"});
    REQUIRE(compared["columns"].size() == 2);
    for (const json& column : compared["columns"]) {
        const json fit = answer_to({column["id"], "--gpu", "rtx-3090", "-c", "16k"});
        CHECK(column["total_bytes"] == fit["estimate"]["total_bytes"]);
        CHECK(column["total_full_context_bytes"] == fit["full_context"]["total_bytes"]);
        CHECK(column["required_bytes"] == fit["devices"][0]["required_bytes"]);
        CHECK(column["max_context"] == fit["devices"][0]["max_context"]);
        CHECK(column["verdict"] == fit["verdict"]);
        CHECK(column["model"] == fit["model"]);
    }
    CHECK(compared["together"].is_null());
}

TEST_CASE("what is compared: models, quantizations, devices", "[compare]") {
    const auto columns = [](std::vector<std::string> words) {
        const json answer = answer_to(std::move(words));
        std::string all;
        for (const json& column : answer["columns"])
            all += column["id"].get<std::string>() + " " + column["quant"].get<std::string>() + " " +
                   (column["device"].is_null() ? "-" : column["device"].get<std::string>()) + "; ";
        return all;
    };
    CHECK(columns({"compare", "qwen3-8b", "-q", "Q4_K_M,Q8_0"}) == "qwen3-8b Q4_K_M -; qwen3-8b Q8_0 -; ");
    CHECK(columns({"compare", "qwen3-8b", "--gpu", "8GB,24GB"}) == "qwen3-8b Q4_K_M 8GB; qwen3-8b Q4_K_M 24GB; ");
    CHECK(columns({"compare", "qwen3-8b", "--gpu", "8GB", "--gpu", "24GB"}) == "qwen3-8b Q4_K_M 8GB; qwen3-8b Q4_K_M 24GB; ");
    CHECK(columns({"compare", "qwen3-8b", "-q", "Q8_0,F16", "--gpu", "8GB,24GB"}) ==
          "qwen3-8b Q8_0 8GB; qwen3-8b Q8_0 24GB; qwen3-8b F16 8GB; qwen3-8b F16 24GB; ");
}

TEST_CASE("models that are resident at once add up", "[compare][together]") {
    const std::vector<std::string> words{"deepseek-r1:32b", "deepseek-r1:14b", "--gpu", "rtx-3090"};
    const json answer = answer_to(words);
    CHECK(answer["command"] == "compare");
    const json& together = answer["together"];
    CHECK(together["verdict"] == "no");
    CHECK(together["devices"][0]["total_bytes"] ==
          answer["columns"][0]["total_bytes"].get<std::int64_t>() + answer["columns"][1]["total_bytes"].get<std::int64_t>());
    CHECK(together["short_bytes"] == -together["devices"][0]["free_bytes"].get<std::int64_t>());
    CHECK(run_words(words).status == 1);
    std::vector<std::string> said{"compare", "--together"};
    said.insert(said.end(), words.begin(), words.end());
    CHECK(answer_to(said) == answer);
    CHECK(run_words({"deepseek-r1:8b", "deepseek-r1:14b", "--gpu", "rtx-3090", "--check"}).status == 0);
}

TEST_CASE("with several devices each model gets one of its own if that is enough", "[compare][together]") {
    const json together = answer_to({"deepseek-r1:32b", "deepseek-r1:14b", "--gpu", "2x rtx-3090"})["together"];
    CHECK(together["verdict"] == "great");
    CHECK(together["residents"][0]["devices"].size() == 1);
    CHECK(together["residents"][1]["devices"].size() == 1);
    CHECK(together["residents"][0]["devices"] != together["residents"][1]["devices"]);
    // Two that only fit when divided: 1.5 cards each.
    const json divided = answer_to({"deepseek-r1:32b", "qwen3-32b", "-q", "Q6_K", "--gpu", "3x rtx-3090"})["together"];
    CHECK(divided["verdict"] != "no");
    CHECK(divided["residents"][0]["devices"].size() == 3);
    std::int64_t total = 0;
    for (const json& device : divided["devices"]) total += device["total_bytes"].get<std::int64_t>();
    std::int64_t residents = 0;
    for (const json& resident : divided["residents"]) residents += resident["total_bytes"].get<std::int64_t>();
    CHECK(total == residents);
}

TEST_CASE("what is no comparison", "[compare]") {
    CHECK(run_words({"compare", "qwen3-8b"}).status == 2);
    CHECK(run_words({"compare"}).status == 2);
    CHECK(run_words({"compare", "qwen3-8b", "qwen3-32b", "--together"}).status == 2);
    CHECK(run_words({"compare", "qwen3-8b", "qwen3-32b", "--together", "--gpu", "8GB,24GB"}).status == 2);
    CHECK(run_words({"qwen3-8b", "qwen3-32b"}).status == 2);
    CHECK(run_words({"compare", "qwen3-8b", "nonesuch"}).status == 2);
}

TEST_CASE("a comparison's exit status says whether all of it fits", "[compare]") {
    CHECK(run_words({"compare", "qwen3-8b", "qwen3-32b"}).status == 0);
    CHECK(run_words({"compare", "qwen3-8b", "qwen3-32b", "--gpu", "24GB"}).status == 0);
    CHECK(run_words({"compare", "qwen3-8b", "qwen3-32b", "--gpu", "8GB"}).status == 1);
}

TEST_CASE("a page is named after every model, one whose name is a part of another's too", "[compare]") {
    const std::string page = run_words({"compare", "qwen3-8b-base", "qwen3-8b", "-f", "html"}).out;
    CHECK(page.find("<title>Qwen3 8B Base · Qwen3 8B</title>") != std::string::npos);
    const std::string one = run_words({"compare", "qwen3-8b", "-q", "Q8_0,Q4_K_M", "-f", "html"}).out;
    CHECK(one.find("<title>Qwen3 8B</title>") != std::string::npos);
}
