// Answers that are known: what runs on which card, through the whole program.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "support/ask.hpp"
#include "support/catch.hpp"

using namespace fitcalc;
using nlohmann::json;
using test::answer_to;
using test::run_words;

namespace {

int check(std::vector<std::string> words) {
    words.emplace_back("--check");
    return run_words(words).status;
}

constexpr int yes = 0, no = 1;

}  // namespace

TEST_CASE("known answers on cards of 24 GB") {
    const std::string qwen = "r1-distill-qwen-32b", llama = "r1-distill-llama-70b";
    for (const std::string card : {"rtx-4090", "rtx-3090", "24GB"}) {
        INFO(card);
        CHECK(check({qwen, "-q", "Q4_K_M", "-c", "8k", "--gpu", card}) == yes);
        CHECK(check({qwen, "-q", "Q4_K_M", "-c", "32k", "--gpu", card}) == no);
        CHECK(check({qwen, "-q", "Q4_K_M", "-c", "32k", "--kv-type", "q8_0", "--gpu", card}) == yes);
        CHECK(check({qwen, "-q", "Q3_K_M", "-c", "32k", "--gpu", card}) == yes);
        CHECK(check({qwen, "-q", "Q6_K", "-c", "8k", "--gpu", card}) == no);
        CHECK(check({"llama-3.1-8b", "-q", "F16", "-c", "32k", "--gpu", card}) == yes);
        CHECK(check({llama, "-q", "Q4_K_M", "-c", "8k", "--gpu", "2x " + card}) == yes);
        CHECK(check({llama, "-q", "Q4_K_M", "-c", "8k", "--gpu", card}) == no);
        CHECK(check({llama, "-q", "Q4_K_M", "-c", "8k", "--gpu", card, "--gpu", card}) == yes);
    }
}

TEST_CASE("known answers for R1 itself") {
    CHECK(check({"deepseek-r1-0528", "-q", "Q4_K_M", "-c", "max", "--gpu", "8x h100-80gb"}) == yes);
    CHECK(check({"deepseek-r1-0528", "-q", "Q4_K_M", "-c", "max", "--gpu", "4x h100-80gb"}) == no);
    CHECK(check({"deepseek-r1-0528", "-q", "Q4_K_M", "--gpu", "rtx-4090", "--ram", "512GB"}) == yes);
    CHECK(check({"deepseek-r1-0528", "-q", "Q4_K_M", "--gpu", "rtx-4090", "--ram", "256GB"}) == no);
    CHECK(answer_to({"deepseek-r1-0528", "--gpu", "rtx-4090", "--ram", "512GB"})["verdict"] == "offload");
}

TEST_CASE("forced placements are kept, and need --ram to be a yes") {
    const json half = answer_to({"llama-3.1-8b", "--gpu", "24GB", "--ngl", "16"});
    CHECK(half["verdict"] == "offload");
    CHECK(half["placement"]["gpu_layers"] == 16);
    CHECK(half["placement"]["layers"] == 33);
    CHECK(half["placement"]["devices"][0]["first_layer"] == 17);
    CHECK(half["placement"]["devices"][0]["last_layer"] == 31);
    CHECK(half["placement"]["host"]["free_bytes"].is_null());
    CHECK(check({"llama-3.1-8b", "--gpu", "24GB", "--ngl", "16"}) == no);
    CHECK(check({"llama-3.1-8b", "--gpu", "24GB", "--ngl", "16", "--ram", "16GB"}) == yes);

    const json split = answer_to({"llama-3.1-8b", "--gpu", "2x 24GB", "--tensor-split", "3,1"});
    CHECK(split["placement"]["tensor_split"] == json{3.0, 1.0});
    CHECK(split["placement"]["devices"][0]["last_layer"] == 24);
    const json equal = answer_to({"llama-3.1-8b", "--gpu", "24GB", "--gpu", "12GB", "--tensor-split", "1,1"});
    CHECK(equal["placement"]["tensor_split"] == json{1.0, 1.0});
    CHECK(equal["placement"]["devices"][0]["last_layer"] == 16);

    const json experts = answer_to({"deepseek-v2-lite", "--gpu", "24GB", "--n-cpu-moe", "all", "--ram", "64GB"});
    CHECK(experts["placement"]["cpu_moe_layers"] == experts["model"]["layers"]);
    CHECK(experts["placement"]["gpu_layers"] == experts["placement"]["layers"]);
    CHECK(experts["verdict"] == "offload");
}

TEST_CASE("the rotary factors are in host memory from the first layer on") {
    const auto host_weights = [](const char* layers) {
        const json answer = answer_to({"llama-3.1-8b", "--quant", "Q8_0", "--gpu", "24GB", "--ngl", layers, "--ram", "64GB"});
        return answer["placement"]["host"]["weights_bytes"].get<std::int64_t>();
    };
    constexpr std::int64_t factors = 64 * 4;
    const std::int64_t none = host_weights("33"), one = host_weights("32"), two = host_weights("31");
    CHECK(one - none == two - one + factors);
}

TEST_CASE("different cards share by their memory, and the CPU alone needs only RAM") {
    const json mixed = answer_to({"r1-distill-llama-70b", "--gpu", "rtx-4090", "--gpu", "2x rtx-3060-12gb"});
    REQUIRE(mixed["placement"]["devices"].size() == 3);
    REQUIRE(mixed["devices"].size() == 2);
    CHECK(mixed["placement"]["devices"][2]["device"] == "rtx-3060-12gb");
    CHECK(mixed["placement"]["devices"][0]["weights_bytes"] > mixed["placement"]["devices"][1]["weights_bytes"]);

    CHECK(check({"llama-3.1-8b", "--ram", "16GB"}) == yes);
    CHECK(check({"llama-3.1-8b", "--backend", "cpu", "--ram", "4GB"}) == no);
    const json cpu = answer_to({"llama-3.1-8b", "--ram", "16GB"});
    CHECK(cpu["placement"]["devices"].empty());
    CHECK(cpu["placement"]["host"]["weights_bytes"] == cpu["estimate"]["weights_bytes"]);
}

// Every way out must do what it says when its flag is taken.
TEST_CASE("the ways out of a no lead out") {
    const std::vector<std::vector<std::string>> questions{
        {"r1-distill-qwen-32b", "-c", "32k", "--gpu", "rtx-3090"},
        {"r1-distill-llama-70b", "--gpu", "rtx-4090"},
        {"deepseek-r1-0528", "--gpu", "rtx-4090", "--ram", "256GB"},
        {"deepseek-v2-lite", "-q", "Q8_0", "--gpu", "8GB", "--gpu", "4GB"},
        {"llama-3.1-8b", "-q", "F16", "--ram", "8GB"},
    };
    for (const auto& question : questions) {
        INFO(question.front());
        const json before = answer_to(question);
        REQUIRE(before["verdict"] == "no");
        CHECK_FALSE(before["ways_out"].empty());
        for (const json& way : before["ways_out"]) {
            const std::string flag = way["flag"];
            INFO(flag);
            std::vector<std::string> words = question;
            // A flag given anew takes the place of the old one.
            const std::string name = flag.substr(0, flag.find(' '));
            const auto alias = [&](const std::string& word) {
                return word == name || (name == "--ctx" && word == "-c") || (name == "--quant" && word == "-q");
            };
            for (auto old = std::ranges::find_if(words, alias); old != words.end();
                 old = std::ranges::find_if(words, alias))
                words.erase(old, old + 2);
            for (std::size_t at = 0; at < flag.size();) {
                const std::size_t end = std::min(flag.find(' ', at), flag.size());
                words.push_back(flag.substr(at, end - at));
                at = end + 1;
            }
            const json after = answer_to(words);
            CHECK(after["verdict"] == way["verdict"]);
            CHECK(check(words) == yes);
        }
    }
    const json ways = answer_to(questions.front())["ways_out"];
    std::vector<std::string> changes;
    for (const json& way : ways) changes.push_back(way["change"]);
    CHECK(changes == std::vector<std::string>{"kv_type", "context", "quant", "ram", "devices"});
}

TEST_CASE("what can't be placed is a usage error") {
    CHECK(run_words({"llama-3.1-8b", "--ngl", "5"}).status == 2);
    CHECK(run_words({"llama-3.1-8b", "--gpu", "24GB", "--tensor-split", "1,1"}).status == 2);
    CHECK(run_words({"llama-3.1-8b", "--gpu", "24GB", "--tensor-split", "x"}).status == 2);
    CHECK(run_words({"llama-3.1-8b", "--gpu", "24GB", "--ngl", "-1"}).status == 2);
    CHECK(run_words({"llama-3.1-8b", "--gpu", "24GB", "--backend", "cpu"}).status == 2);
    CHECK(run_words({"llama-3.1-8b", "--backend", "cpu"}).status == 2);
    CHECK(run_words({"llama-3.1-8b", "--gpu", "24GB", "--reserve", "25GiB"}).status == 2);
    CHECK(run_words({"llama-3.1-8b", "--gpu", "20x 24GB"}).status == 2);
}
