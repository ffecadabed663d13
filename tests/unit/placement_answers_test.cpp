// Answers that are known: what runs on which card, through the whole program.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

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

// However its lines are broken.
bool asks_for_ram(const std::string& text) {
    std::string line;
    for (const char c : text) {
        const bool space = c == ' ' || c == '\n';
        if (!space || !line.ends_with(' ')) line += space ? ' ' : c;
    }
    return line.find("--ram says how much RAM there is") != std::string::npos;
}

// A model on a card that is too small for it, with RAM for the rest.
struct Offloaded {
    std::vector<std::string> question;
    std::int64_t layers;  // as it was solved

    // What the card has left of the error band with more words.
    std::int64_t spare(const std::vector<std::string>& more) const {
        std::vector<std::string> words = question;
        words.insert(words.end(), more.begin(), more.end());
        const json card = answer_to(words)["placement"]["devices"][0];
        return card["free_bytes"].get<std::int64_t>() - card["error_bytes"].get<std::int64_t>();
    }
};

// Of ten cards, each smaller by `step` bytes than the one before. The numbers of layers that were met.
template <class Check>
std::set<std::int64_t> least_offload(const std::string& model, const char* field, std::int64_t step, Check check_one) {
    const std::int64_t whole = answer_to({model})["estimate"]["total_bytes"];
    std::set<std::int64_t> met;
    for (std::int64_t missing = 0; missing < 10 * step; missing += step) {
        const std::string device = std::to_string(whole - missing) + "B";
        const std::vector<std::string> question{model, "--gpu", device, "--ram", "64GB"};
        const std::int64_t layers = answer_to(question)["placement"][field];
        INFO(device << ", " << layers << " layers");
        check_one(Offloaded{question, layers});
        met.insert(layers);
    }
    return met;
}

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

TEST_CASE("unified memory is the host's as well: --ram adds none to it") {
    // 16 GiB in all, of which the model's weights alone are more than twice as many.
    for (const char* ram : {"16GB", "64GB", "1TB"}) CHECK(check({"llama-3.3-70b", "--gpu", "apple-m4-16gb", "--ram", ram}) == no);
    const json refused = answer_to({"llama-3.3-70b", "--gpu", "apple-m4-16gb"});
    for (const json& way : refused["ways_out"])
        CHECK(way["flag"].get<std::string>().find("--ram") == std::string::npos);
    const json gpus = answer_to({"gpus", "llama-3.3-70b", "--ram", "64GB", "--vendor", "apple"});
    for (const json& row : gpus["devices"]) CHECK(row["memory_bytes"].get<std::int64_t>() > 42'520'395'872);  // its weights
    CHECK_FALSE(gpus["devices"].empty());
    // What a GPU may not use of it is the CPU's.
    const std::vector<std::string> question{"llama-4-scout", "-q", "IQ4_XS", "--gpu", "apple-m4-max-40c-64gb"};
    CHECK(check(question) == no);
    std::vector<std::string> with_ram = question;
    with_ram.insert(with_ram.end(), {"--ram", "64GB"});
    CHECK(check(with_ram) == yes);
    const json placement = answer_to(with_ram)["placement"];
    const auto total = placement["devices"][0]["total_bytes"].get<std::int64_t>() + placement["host"]["total_bytes"].get<std::int64_t>();
    CHECK(total <= std::int64_t{64} << 30);
    CHECK(placement["host"]["free_bytes"] == (std::int64_t{64} << 30) - total);
}

TEST_CASE("machines of their own are not one machine") {
    const json two = answer_to({"llama-3.3-70b", "--gpu", "2x apple-m4-max-32c-36gb"});
    CHECK(two["warnings"].dump().find("machines of their own") != std::string::npos);
    const json one = answer_to({"llama-3.1-8b", "--gpu", "dgx-spark", "--gpu", "rtx-4090"});
    CHECK(one["warnings"].dump().find("machines of their own") == std::string::npos);
    // A Mac takes no card, so that no build for both would help.
    for (const char* other : {"rtx-4090", "rx-7900-xtx", "24GB"}) {
        const json mac = answer_to({"llama-3.1-8b", "--gpu", "apple-m4-max-32c-36gb", "--gpu", other});
        CHECK(mac["warnings"].dump().find("a Mac and other devices are machines of their own") != std::string::npos);
        CHECK(mac["warnings"].dump().find("backends of their own") == std::string::npos);
    }
    const json alone = answer_to({"llama-3.1-8b", "--gpu", "apple-m4-max-32c-36gb"});
    CHECK(alone["warnings"].dump().find("machines of their own") == std::string::npos);
}

TEST_CASE("devices of several makers need a build for all of them") {
    const auto warned = [](std::vector<std::string> more) {
        std::vector<std::string> words{"llama-3.3-70b", "--gpu", "rtx-4090", "--gpu"};
        words.insert(words.end(), more.begin(), more.end());
        return run_words(words).err.find("backends of their own (cuda, rocm)") != std::string::npos;
    };
    CHECK(warned({"rx-7900-xtx"}));
    CHECK_FALSE(warned({"rtx-3090"}));
    CHECK_FALSE(warned({"rx-7900-xtx", "--backend", "vulkan"}));
}

TEST_CASE("a backend of one vendor runs on its devices only") {
    for (const auto& [device, backend] : {std::pair{"rtx-4090", "metal"}, {"apple-m4-16gb", "cuda"}, {"rx-7900-xtx", "cuda"}, {"rtx-4090", "rocm"}})
        CHECK(run_words({"qwen3-8b", "--gpu", device, "--backend", backend}).status == 2);
    for (const auto& [device, backend] : {std::pair{"rtx-4090", "vulkan"}, {"apple-m4-16gb", "metal"}, {"24GB", "rocm"}})
        CHECK(run_words({"qwen3-8b", "--gpu", device, "--backend", backend}).status <= 1);
}

TEST_CASE("no more layers of experts are in RAM than have to be") {
    const auto moved = least_offload("qwen3-30b-a3b", "cpu_moe_layers", 300'000'000, [](const Offloaded& there) {
        // With so many, and everything else on the device.
        REQUIRE(there.layers > 0);
        CHECK(there.spare({"--ngl", "99", "--n-cpu-moe", std::to_string(there.layers)}) >= 0);
        CHECK(there.spare({"--ngl", "99", "--n-cpu-moe", std::to_string(there.layers - 1)}) < 0);
    });
    CHECK(moved.size() > 5);
}

TEST_CASE("no more layers are in RAM than have to be") {
    const auto kept = least_offload("llama-3.1-8b", "gpu_layers", 400'000'000, [](const Offloaded& there) {
        REQUIRE(there.layers < 33);
        CHECK(there.spare({"--ngl", std::to_string(there.layers)}) >= 0);
        CHECK(there.spare({"--ngl", std::to_string(there.layers + 1)}) < 0);
    });
    CHECK(kept.size() > 5);
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
    CHECK(run_words({"llama-3.1-8b", "--gpu", "24GB", "--ngl", "16"}).out.starts_with("! offload"));
    CHECK(run_words({"llama-3.1-8b", "--gpu", "24GB", "--ngl", "16", "--ram", "16GB"}).out.starts_with("+ offload"));
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

TEST_CASE("a part in host memory is a yes to every command where --ram is given, and to none where it isn't") {
    const std::vector<std::vector<std::string>> questions{
        {"plan", "llama-3.1-8b"},
        {"compare", "llama-3.1-8b", "qwen3-8b"},
        {"compare", "llama-3.1-8b", "qwen3-8b", "--together"},
        {"grid", "llama-3.1-8b", "-c", "8k"},
        {"models"},
        {"models", "-q", "Q4_K_M"},
        {"recommend"},
    };
    for (std::vector<std::string> words : questions) {
        INFO(words.front());
        words.insert(words.end(), {"--gpu", "24GB", "--ngl", "1"});
        const cli::Outcome page = run_words(words);
        CHECK(page.status == no);
        CHECK(asks_for_ram(page.out));
        words.emplace_back("--check");
        const cli::Outcome line = run_words(words);
        CHECK(line.status == no);
        CHECK(asks_for_ram(line.out));
        words.insert(words.end(), {"--ram", "64GB"});
        const cli::Outcome with_ram = run_words(words);
        CHECK(with_ram.status == yes);
        CHECK_FALSE(asks_for_ram(with_ram.out));
    }
    const std::vector<std::string> words{"grid", "llama-3.1-8b", "-c", "8k", "-q", "Q4_K_M", "--gpu", "24GB", "--ngl", "1", "--check"};
    const cli::Outcome grid = run_words(words);
    CHECK(grid.out.find(": 0 of 1 combinations") != std::string::npos);
}

TEST_CASE("a model without experts has none to keep off the devices") {
    const json plain = answer_to({"llama-3.1-8b", "--gpu", "24GB"});
    const json told = answer_to({"llama-3.1-8b", "--gpu", "24GB", "--n-cpu-moe", "4"});
    CHECK(told["verdict"] == "great");
    CHECK(told["placement"] == plain["placement"]);
    CHECK(told["warnings"] == json::array({"llama-3.1-8b has no routed experts: --n-cpu-moe moves nothing"}));
    CHECK(check({"llama-3.1-8b", "--gpu", "24GB", "--n-cpu-moe", "all"}) == yes);
    // Of many models those are left as they are.
    const json models = answer_to({"models", "--gpu", "24GB", "--n-cpu-moe", "all", "-q", "Q4_K_M"});
    const auto listed = [&](const char* list, const char* id) {
        return std::ranges::any_of(models[list], [&](const json& each) { return (each.is_string() ? each : each["id"]) == id; });
    };
    CHECK(listed("models", "llama-3.1-8b"));
    CHECK(listed("needs_ram", "qwen3-30b-a3b"));
}

TEST_CASE("where the layers that --n-cpu-moe counts have no experts it moves nothing, and says so") {
    // Its first layer is dense, as the first three of the larger one.
    const json none = answer_to({"deepseek-v2-lite", "--gpu", "24GB", "--n-cpu-moe", "1"});
    CHECK(none["verdict"] == "great");
    CHECK(none["placement"] == answer_to({"deepseek-v2-lite", "--gpu", "24GB"})["placement"]);
    CHECK(none["warnings"] ==
          json::array({"the first layer of deepseek-v2-lite has no routed experts: --n-cpu-moe moves nothing"}));
    CHECK(check({"deepseek-v2-lite", "--gpu", "24GB", "--n-cpu-moe", "1"}) == yes);
    const json three = answer_to({"deepseek-r1-0528", "--gpu", "rtx-4090", "--n-cpu-moe", "3"});
    CHECK(three["warnings"].dump().find("the first 3 layers of deepseek-r1-0528 have no routed experts") !=
          std::string::npos);
    CHECK(three["placement"]["cpu_moe_layers"] == 0);
    // One more does.
    const json one = answer_to({"deepseek-v2-lite", "--gpu", "24GB", "--n-cpu-moe", "2", "--ram", "64GB"});
    CHECK(one["warnings"].empty());
    CHECK(one["verdict"] == "offload");
    CHECK(one["placement"]["host_expert_layers"] == 1);
    // None is none: whole layers go to host memory where the rest doesn't fit.
    for (const char* count : {"0", "1"}) {
        const json whole = answer_to({"deepseek-v2-lite", "--gpu", "8GB", "--n-cpu-moe", count, "--ram", "64GB"});
        CHECK(whole["verdict"] == "offload");
        CHECK(whole["placement"]["cpu_moe_layers"] == 0);
        CHECK(whole["placement"]["gpu_layers"] < whole["placement"]["layers"]);
    }
}

TEST_CASE("the solver moves layers that have experts only") {
    const std::int64_t whole = answer_to({"deepseek-v2-lite"})["estimate"]["total_bytes"];
    // A little is missing: the first layer that has any must go.
    const json answer = answer_to({"deepseek-v2-lite", "--gpu", std::to_string(whole) + "B", "--ram", "64GB"});
    CHECK(answer["placement"]["cpu_moe_layers"] == answer["placement"]["host_expert_layers"].get<std::int64_t>() + 1);
    CHECK(answer["placement"]["host_expert_layers"] >= 1);
    // All of them, and the command says so though a next-token layer has experts of its own.
    const json mtp = answer_to({"plan", "glm-4.5-air", "--gpu", "8GB", "--ram", "256GB"});
    CHECK(mtp["placement"]["commands"]["llama_server"].get<std::string>().find(" --cpu-moe ") != std::string::npos);
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
        {"qwen3-8b", "--gpu", "24GB", "-p", "32"},
        {"qwen3-14b", "-q", "Q6_K", "--gpu", "16GB", "--reserve", "4GB"},
        {"gemma-3-27b", "-c", "32k", "--gpu", "24GB", "--swa-full"},
        {"llama-3.3-70b", "--gpu", "2x rtx-3090", "--tensor-split", "3,1"},
        {"llama-3.3-70b", "-q", "Q8_0", "--gpu", "rtx-4090", "--ram", "128GB", "--ngl", "40"},
        {"qwen3-30b-a3b", "--gpu", "12GB", "--ram", "64GB", "--ngl", "99", "--n-cpu-moe", "2"},
        {"qwen3-32b", "--gpu", "apple-m4-16gb", "--ram", "64GB"},
        {"qwen3-32b", "--gpu", "apple-m4-16gb", "--reserve", "2GB"},
        {"deepseek-r1-0528", "--gpu", "apple-m4-max-40c-128gb"},
        {"qwen3-32b", "--gpu", "ryzen-ai-max-plus-395-32gb"},
        {"r1-distill-qwen-32b", "--gpu", "rtx-4090-laptop"},
        {"llama-3.3-70b", "--gpu", "rtx-4090-laptop", "--ram", "16GB"},
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
                return word == name || (name == "--ctx" && word == "-c") || (name == "--quant" && word == "-q") ||
                       (name == "--parallel" && word == "-p");
            };
            for (auto old = std::ranges::find_if(words, alias); old != words.end();
                 old = std::ranges::find_if(words, alias))
                words.erase(old, old + (name == "--swa-full" ? 1 : 2));
            for (std::size_t at = way["change"] == "without" ? flag.size() : 0; at < flag.size();) {
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

TEST_CASE("the quality that a smaller quantization costs is that of the model asked about") {
    // Of 70, 8 and 1 billion parameters: the larger, the less it loses.
    for (const std::vector<std::string>& question : {std::vector<std::string>{"llama-3.3-70b", "--gpu", "40GB"},
                                                     {"llama-3.1-8b", "-q", "Q8_0", "--gpu", "8GB"},
                                                     {"qwen3-1.7b", "-q", "Q8_0", "--gpu", "3GB"}}) {
        INFO(question.front());
        const json answer = answer_to(question);
        const auto way = std::ranges::find_if(answer["ways_out"], [](const json& w) { return w["change"] == "quant"; });
        REQUIRE(way != answer["ways_out"].end());
        const auto quality = [&](const json& quant) -> double {
            return (*std::ranges::find_if(answer["quants"],
                                          [&](const json& q) { return q["quant"] == quant; }))["quality_percent"];
        };
        const double lost = quality(answer["settings"]["quant"]) - quality((*way)["quant"]);
        CHECK((*way)["quality_points"].get<double>() == Approx(lost).margin(0.02));
    }
}

TEST_CASE("a flag that is why a model doesn't fit is the first to be taken back") {
    struct Given {
        std::vector<std::string> question, flag;
    };
    const std::vector<Given> all{
        {{"llama-3.1-8b", "-c", "32k"}, {"--flash-attn", "off"}},
        {{"qwen3-8b"}, {"--ubatch", "4096"}},
        {{"qwen3-8b"}, {"--outputs", "batch"}},
        {{"qwen3-8b", "-p", "4"}, {"--kv-unified"}},
        {{"gemma-3-27b", "-c", "32k"}, {"--swa-full"}},
    };
    for (const Given& given : all) {
        INFO(given.flag.front());
        std::vector<std::string> words = given.question;
        const std::int64_t without = answer_to(words)["estimate"]["total_bytes"];
        words.insert(words.end(), given.flag.begin(), given.flag.end());
        const std::int64_t with = answer_to(words)["estimate"]["total_bytes"];
        REQUIRE(with > without);
        const auto first_way = [&](std::int64_t size) {
            std::vector<std::string> more = words;
            more.insert(more.end(), {"--reserve", "0B", "--gpu", std::to_string(size) + "B"});
            const json answer = answer_to(more);
            REQUIRE(answer["verdict"] == "no");
            REQUIRE_FALSE(answer["ways_out"].empty());
            return answer["ways_out"].front();
        };
        const json way = first_way(with - 1);
        CHECK(way["change"] == "without");
        CHECK(std::string(way["flag"]).starts_with(given.flag.front()));
        CHECK(way["total_bytes"] == without);
        // Where it isn't enough it is no way out.
        CHECK(first_way(without - 1)["change"] != "without");
    }
    // --reserve may leave less free than is usual, too, up to more than there is without it.
    for (const char* size : {"300MB", "6GB"})
        for (const json& way : answer_to({"qwen3-8b", "-q", "Q8_0", "--gpu", size, "--reserve", "0B"})["ways_out"])
            CHECK(way["change"] != "without");
    // Nor where nothing was forced.
    for (const json& way : answer_to({"llama-3.3-70b", "--gpu", "rtx-4090"})["ways_out"])
        CHECK(way["change"] != "without");
}

TEST_CASE("several flags of which each is why a model doesn't fit are taken back one by one") {
    const json answer =
        answer_to({"qwen3-30b-a3b", "--gpu", "12GB", "--ram", "64GB", "--ngl", "99", "--n-cpu-moe", "2"});
    REQUIRE(answer["ways_out"].size() >= 2);
    CHECK(answer["ways_out"][0]["flag"] == "--ngl");
    CHECK(answer["ways_out"][1]["flag"] == "--n-cpu-moe");
    const std::string text = run_words({"llama-3.3-70b", "--gpu", "2x rtx-3090", "--tensor-split", "3,1"}).out;
    CHECK(text.find("without --tensor-split\n") != std::string::npos);
}

TEST_CASE("of sequences the most that fit are a way out") {
    const std::vector<std::string> words{"qwen3-8b", "--gpu", "24GB", "-p"};
    const auto with = [&](std::int64_t sequences) {
        std::vector<std::string> more = words;
        more.push_back(std::to_string(sequences));
        return more;
    };
    const json way = answer_to(with(32))["ways_out"][0];
    REQUIRE(way["change"] == "parallel");
    const std::int64_t most = way["parallel"];
    CHECK(way["flag"] == "--parallel " + std::to_string(most));
    CHECK(check(with(most)) == yes);
    CHECK(check(with(most + 1)) == no);
}

TEST_CASE("where a machine holds no second device the smallest larger one is a way out") {
    const auto machine = [](std::vector<std::string> words) -> json {
        const json answer = answer_to(std::move(words));
        REQUIRE(answer["verdict"] == "no");
        for (const json& way : answer["ways_out"]) {
            CHECK(way["change"] != "devices");
            if (way["change"] == "machine") return way["device"];
        }
        return nullptr;
    };
    const auto largest_no = [](const std::string& model, const std::vector<std::string>& devices) {
        for (const std::string& device : devices) CHECK(check({model, "-q", "F16", "--gpu", device}) == no);
    };
    // Of those sold with 32 GB the newest.
    CHECK(machine({"qwen3-32b", "--gpu", "apple-m4-16gb"}) == "apple-m5-32gb");
    CHECK(machine({"deepseek-r1-0528", "--gpu", "apple-m4-max-40c-128gb"}) == "apple-m3-ultra-80c-512gb");
    CHECK(machine({"llama-3.3-70b", "-q", "F16", "--gpu", "apple-m4-max-40c-128gb"}) == "apple-m2-ultra-192gb");
    largest_no("llama-3.3-70b", {"apple-m5-max-40c-128gb", "apple-m1-ultra-128gb"});
    CHECK(machine({"llama-3.3-70b", "--gpu", "jetson-agx-orin-32gb"}) == "jetson-agx-orin-64gb");
    CHECK(machine({"qwen3-32b", "--gpu", "ryzen-ai-max-plus-395-32gb"}) == "ryzen-ai-max-plus-395-64gb");
    // A laptop's card is in another laptop; no larger one is sold than that of 24 GB.
    CHECK(machine({"r1-distill-qwen-32b", "--gpu", "rtx-4090-laptop"}) == "rtx-5090-laptop");
    CHECK(machine({"llama-3.3-70b", "--gpu", "rtx-4090-laptop"}).is_null());
    CHECK(machine({"kimi-k2", "--gpu", "apple-m3-ultra-80c-512gb"}).is_null());
    // What is left free on the one is left free on the other.
    const json before = answer_to({"qwen3-32b", "--gpu", "apple-m4-16gb"}),
               after = answer_to({"qwen3-32b", "--gpu", "apple-m4-16gb", "--reserve", "2GB"});
    const auto usable = [](const json& answer) {
        return answer["ways_out"].back()["usable_bytes"].get<std::int64_t>();
    };
    CHECK(usable(before) - usable(after) == 2'000'000'000);
    const std::string text = run_words({"qwen3-32b", "--gpu", "apple-m4-16gb"}).out;
    CHECK(text.find("Apple M5 32GB") != std::string::npos);
    CHECK(text.find("--gpu apple-m5-32gb\n") != std::string::npos);
}

TEST_CASE("a quantization that leaves less than three quarters of the quality is no way out, nor one of unknown loss") {
    std::set<std::string> proposed;
    bool smaller_would_do = false;
    for (double size = 2.6; size < 9; size += 0.2) {
        const std::string device = std::to_string(size) + "GB";
        INFO(device);
        const json answer = answer_to({"llama-3.1-8b", "-q", "Q8_0", "--gpu", device});
        if (answer["verdict"] != "no") break;
        bool any = false;
        for (const json& way : answer["ways_out"]) {
            if (way["change"] != "quant") continue;
            any = true;
            const std::string quant = way["quant"];
            const json row =
                *std::ranges::find_if(answer["quants"], [&](const json& q) { return q["quant"] == quant; });
            CHECK(row["quality_percent"] >= 75);
            proposed.insert(quant);
        }
        smaller_would_do |= !any && check({"llama-3.1-8b", "-q", "IQ1_S", "--gpu", device}) == yes;
    }
    CHECK(proposed.size() > 3);
    CHECK(smaller_would_do);
}

TEST_CASE("what can't be placed is a usage error") {
    CHECK(run_words({"llama-3.1-8b", "--ngl", "5"}).status == 2);
    CHECK(run_words({"llama-3.1-8b", "--gpu", "24GB", "--tensor-split", "1,1"}).status == 2);
    CHECK(run_words({"llama-3.1-8b", "--gpu", "24GB", "--tensor-split", "x"}).status == 2);
    for (const char* shares : {"1e-50", "1e-50,0", "3e38,3e38", "0,1e-46"}) {
        INFO(shares);
        const auto outcome = run_words({"llama-3.1-8b", "--gpu", "2x 24GB", "--tensor-split", shares});
        CHECK(outcome.status == 2);
        CHECK(outcome.err.find("--tensor-split") != std::string::npos);
    }
    CHECK(run_words({"llama-3.1-8b", "--gpu", "24GB", "--ngl", "-1"}).status == 2);
    CHECK(run_words({"llama-3.1-8b", "--gpu", "24GB", "--backend", "cpu"}).status == 2);
    CHECK(run_words({"llama-3.1-8b", "--backend", "cpu"}).status == 2);
    CHECK(run_words({"llama-3.1-8b", "--gpu", "24GB", "--reserve", "25GiB"}).status == 2);
    // llama.cpp's scheduler takes 15 devices beside the CPU.
    CHECK(run_words({"llama-3.1-8b", "--gpu", "15x 24GB"}).status == 0);
    CHECK(run_words({"llama-3.1-8b", "--gpu", "16x 24GB"}).status == 2);
}

TEST_CASE("a device of a size as typed can be asked for again as it is shown") {
    const json answer = answer_to({"deepseek-r1:70b", "--gpu", "24 GB"});
    const auto more = std::ranges::find_if(answer["ways_out"], [](const json& way) { return way["change"] == "devices"; });
    REQUIRE(more != answer["ways_out"].end());
    CHECK((*more)["flag"] == "--gpu '2x24 GB'");
}

TEST_CASE("why a quantization is recommended is true of it") {
    const auto recommended = [](std::vector<std::string> words) { return answer_to(std::move(words))["recommendation"]; };
    // Q8_0 and F16 fit as well, and lose less.
    const json large = recommended({"qwen3-8b", "--gpu", "rtx-4090"});
    CHECK(large["quant"] == "Q6_K");
    CHECK(std::string(large["reason"]).starts_with("smallest within 0.1 points of the best quantization that fits: 99.8 %"));
    const json small = recommended({"deepseek-r1:32b", "--gpu", "16GB"});
    CHECK(std::string(small["reason"]).starts_with("least loss of those that fit: "));
}

TEST_CASE("a quantization that nobody named is not called one that was asked for") {
    const std::string usual = run_words({"qwen3-8b", "--gpu", "rtx-4090"}).out;
    CHECK(usual.find("Q4_K_M by default") != std::string::npos);
    CHECK(usual.find("asked for") == std::string::npos);
    CHECK(run_words({"qwen3-8b", "--gpu", "rtx-4090", "-q", "Q4_K_M"}).out.find("Q4_K_M asked for") != std::string::npos);
    CHECK(answer_to({"qwen3-8b", "--method", "nominal"})["recommendation"]["reason"] == "the default");
    CHECK(answer_to({"qwen3-8b", "--method", "nominal", "-q", "Q8_0"})["recommendation"]["reason"] == "asked for");
}

TEST_CASE("of overhead it is said what was measured on that backend") {
    const auto explained = [](const char* backend) { return run_words({"explain", "qwen3-8b", "--backend", backend}); };
    const std::string stands_in = "CUDA's figure stands in";
    const auto rows = [&](const std::string& text) {
        std::size_t count = 0;
        for (std::size_t at = text.find(stands_in); at != std::string::npos; at = text.find(stands_in, at + 1)) ++count;
        return count;
    };
    CHECK(rows(explained("cuda").out) == 0);
    CHECK(explained("cuda").err.empty());
    CHECK(rows(explained("metal").out) == 1);
    CHECK(explained("metal").err.find("the pool in the overhead of metal has not been measured; CUDA's figure stands in") != std::string::npos);
    CHECK(rows(explained("sycl").out) == 2);
    CHECK(explained("sycl").err.find("the overhead of sycl has not been measured; CUDA's figures stand in") != std::string::npos);
}

TEST_CASE("a model is as large as its parameters, whatever number its name has") {
    CHECK(run_words({"llama-4-scout"}).out.find("| 108B, 17.2B active |") != std::string::npos);
    CHECK(run_words({"olmoe-1b-7b-0125-instruct"}).out.find("| 6.92B, 1.28B active |") != std::string::npos);
}

TEST_CASE("beyond its trained context a model is not said to have less") {
    const cli::Outcome beyond = run_words({"qwen3-8b", "--ctx", "131072", "--gpu", "h100-sxm-80gb", "--check"});
    CHECK(beyond.out.find("whole context") == std::string::npos);
    CHECK(beyond.err.find("a context of 131,072 tokens is beyond the 40,960 that the model was trained for") != std::string::npos);
    CHECK(beyond.err.find("--rope-scaling") != std::string::npos);
    CHECK(run_words({"qwen3-8b", "--gpu", "h100-sxm-80gb", "--check"}).out.find("the model's whole context of 40,960 fits") != std::string::npos);
}

TEST_CASE("on 80 columns a plan's rows still sum up") {
    const std::string text = run_words({"plan", "deepseek-r1-0528", "--gpu", "2xrtx-pro-6000-blackwell", "--ram", "512GB"}).out;
    const std::size_t begin = text.find("  device  ");
    REQUIRE(begin != std::string::npos);
    const std::string titles = text.substr(begin, text.find('\n', begin) - begin);
    for (const char* title : {"weights", "cache", "compute", "overhead", "total", "free"}) {
        INFO(title);
        CHECK(titles.find(title) != std::string::npos);
    }
}
