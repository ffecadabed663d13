// Speed, cost and calibration as commands answer them.
#include <nlohmann/json.hpp>
#include <utility>

#include "cli/speed_options.hpp"
#include "importers/llama_bench.hpp"
#include "support/ask.hpp"

using namespace fitcalc;
using namespace fitcalc::cli;

namespace {

constexpr const char* bench = R"([
 {"model_filename": "models/Qwen3-8B-Q4_K_M.gguf", "gpu_info": "NVIDIA GeForce RTX 3090", "backends": "CUDA",
  "n_ubatch": 512, "type_k": "f16", "type_v": "f16", "n_gpu_layers": -1, "flash_attn": -1,
  "n_prompt": 512, "n_gen": 0, "n_depth": 0, "avg_ts": 4000.0},
 {"model_filename": "models/Qwen3-8B-Q4_K_M.gguf", "gpu_info": "NVIDIA GeForce RTX 3090", "backends": "CUDA",
  "n_ubatch": 512, "type_k": "f16", "type_v": "f16", "n_gpu_layers": 99, "flash_attn": true,
  "n_prompt": 0, "n_gen": 128, "n_depth": 0, "avg_ts": 95.0},
 {"model_filename": "models/Qwen3-8B-Q4_K_M.gguf", "gpu_info": "NVIDIA GeForce RTX 3090", "backends": "CUDA",
  "n_gpu_layers": 12, "n_prompt": 0, "n_gen": 128, "avg_ts": 20.0}])";

World world() {
    World out = test::empty_world();
    out.read_file = [](const std::string& path) -> Result<std::string> {
        if (path == "bench.json") return std::string(bench);
        if (path == "runs.txt") return std::string("# this machine\nrtx-3090 qwen3-8b Q4_K_M 95 4000\n\nrtx-3090 llama-3.1-8b Q8_0 70\n");
        if (path == "empty.txt") return std::string("# nothing\n");
        return fail(ErrorKind::bad_data, path + ": No such file or directory");
    };
    return out;
}

Outcome run_words(const std::vector<std::string>& words) { return run(words, world()); }
nlohmann::json answer(std::vector<std::string> words) { return test::answer_to(std::move(words), world()); }
nlohmann::json device(std::vector<std::string> words) { return answer(std::move(words))["devices"][0]; }

}  // namespace

TEST_CASE("a device's speed stands beside its memory") {
    const auto row = device({"llama-3.1-8b", "--gpu", "rtx-3090"});
    const double rate = row["decode_tokens_per_second"];
    CHECK(rate > 80);
    CHECK(rate < 936e9 / 4.6e9);  // no faster than the memory
    CHECK(row["decode_range"][0] < rate);
    CHECK(row["decode_range"][1] > rate);
    CHECK(row["decode_limit"].get<std::string>().starts_with("weights "));
    CHECK(row["prefill_tokens_per_second"] > rate);
    CHECK(row["speed"]["rough"] == false);
    CHECK(row["speed"]["depth"] == 0);
    CHECK(row["speed"]["first_token_seconds"].is_null());
    CHECK(run_words({"llama-3.1-8b", "--gpu", "rtx-3090", "--value", "decode_tokens_per_second"}).out ==
          row["decode_tokens_per_second"].dump() + "\n");
}

TEST_CASE("smaller quantizations are faster, and a deep cache is slower") {
    const auto quants = answer({"llama-3.1-8b", "--gpu", "rtx-3090"})["quants"];
    double q8 = 0, q4 = 0;
    for (const auto& row : quants) {
        if (row["quant"] == "Q8_0") q8 = row["decode_tokens_per_second"];
        if (row["quant"] == "Q4_K_M") q4 = row["decode_tokens_per_second"];
    }
    CHECK(q4 > q8);
    CHECK(q8 > 0);
    const auto deep = device({"llama-3.1-8b", "--gpu", "rtx-3090", "--ctx", "32k", "--depth", "30000"});
    CHECK(deep["decode_tokens_per_second"] < q4);
    CHECK(deep["decode_limit"].get<std::string>().find("cache ") != std::string::npos);
}

TEST_CASE("what is not modelled has no figure") {
    const auto size = device({"llama-3.1-8b", "--gpu", "24GB"});
    CHECK(size["decode_tokens_per_second"].is_null());
    CHECK(size["prefill_range"].is_null());
    CHECK(size["speed"]["rough"].is_null());
    CHECK(size["cost"]["rent"]["usd_per_hour"].is_null());
    // A model that does not fit does not run.
    CHECK(device({"llama-3.1-70b", "--gpu", "rtx-3090"})["decode_tokens_per_second"].is_null());
}

TEST_CASE("an architecture without measurements is rough, and says so") {
    const auto row = device({"llama-3.1-8b", "--gpu", "h100-sxm-80gb"});
    CHECK(row["speed"]["rough"] == true);
    CHECK(row["speed"]["notes"].size() == 1);
    CHECK(device({"llama-3.1-8b", "--gpu", "rtx-3090", "--parallel", "4"})["speed"]["rough"] == true);
}

TEST_CASE("the time of a question adds up") {
    const auto row = device({"llama-3.1-8b", "--gpu", "rtx-3090", "--prompt", "2000", "--answer", "500"});
    const auto& speed = row["speed"];
    CHECK(speed["prompt_tokens"] == 2000);
    CHECK(speed["first_token_seconds"] > 2000 / row["prefill_tokens_per_second"].get<double>() * 0.99);
    CHECK(speed["answer_seconds"].get<double>() > 500 / row["decode_tokens_per_second"].get<double>());
    CHECK(speed["thinking_tokens"].is_null());
    // The mean that its makers state is the default.
    const Outcome reasoning = run_words({"deepseek-r1-0528", "--gpu", "8x h200", "--answer", "500", "--format", "json"});
    CHECK(nlohmann::json::parse(reasoning.out)["devices"][0]["speed"]["thinking_tokens"] == 23000);
    CHECK(reasoning.err.find("23,000 tokens") != std::string::npos);
    CHECK(device({"deepseek-r1-0528", "--gpu", "8x h200", "--answer", "500", "--thinking", "0"})["speed"]["thinking_tokens"] == 0);
}

TEST_CASE("costs have a price, and a price its date and source") {
    const auto listed = device({"llama-3.1-8b", "--gpu", "rtx-4090"});
    const auto& rent = listed["cost"]["rent"];
    CHECK(rent["usd_per_hour"] > 0);
    CHECK_FALSE(rent["date"].is_null());
    CHECK_FALSE(rent["source"].is_null());
    CHECK(rent["usd_per_million_tokens"].get<double>() ==
          Approx(rent["usd_per_hour"].get<double>() * 1e6 / 3600 / listed["decode_tokens_per_second"].get<double>()).epsilon(0.001));
    const auto given = device({"llama-3.1-8b", "--gpu", "2x rtx-3090", "--price", "0.5", "--power-price", "0.3", "--answer", "1000"});
    CHECK(given["cost"]["rent"]["usd_per_hour"] == 0.5);
    CHECK(given["cost"]["rent"]["basis"] == "as given");
    CHECK(given["cost"]["rent"]["usd_per_session"] > 0);
    CHECK(given["cost"]["electricity"]["watts"] == 700);
    CHECK(given["cost"]["electricity"]["usd_per_million_tokens"] > 0);
    const auto none = device({"llama-3.1-8b", "--gpu", "rx-7900-xtx"});
    CHECK(none["cost"]["rent"]["usd_per_million_tokens"].is_null());
    CHECK(none["cost"]["electricity"]["usd_per_million_tokens"].is_null());
}

TEST_CASE("a measured run fixes the factor of its device") {
    const double plain = device({"qwen3-8b", "-q", "Q4_K_M", "--gpu", "rtx-3090"})["decode_tokens_per_second"];
    const auto same = device({"qwen3-8b", "-q", "Q4_K_M", "--gpu", "rtx-3090", "--depth", "64", "--calibrate", "rtx-3090 qwen3-8b Q4_K_M 95"});
    CHECK(same["decode_tokens_per_second"].get<double>() == Approx(95).epsilon(0.001));
    CHECK(same["speed"]["calibrated"] == true);
    const auto other = device({"qwen3-8b", "-q", "Q4_K_M", "--gpu", "rtx-4090", "--calibrate", "rtx-3090 qwen3-8b Q4_K_M 95"});
    CHECK(other["speed"]["calibrated"] == false);
    const auto file = device({"qwen3-8b", "-q", "Q4_K_M", "--gpu", "rtx-3090", "--calibrate", "runs.txt"});
    CHECK(file["speed"]["calibrated"] == true);
    CHECK(file["decode_tokens_per_second"] != plain);
}

TEST_CASE("llama-bench's runs stand beside the estimates") {
    const auto report = answer({"calibrate", "bench.json"});
    REQUIRE(report["runs"].size() == 2);
    CHECK(report["runs"][0]["mode"] == "prefill");
    CHECK(report["runs"][1]["device"] == "rtx-3090");
    CHECK(report["runs"][1]["model"] == "qwen3-8b");
    CHECK(report["runs"][1]["quant"] == "Q4_K_M");
    CHECK(report["runs"][1]["measured_tokens_per_second"] == 95);
    CHECK(report["calibrations"][0]["decode_factor"] == report["runs"][1]["factor"]);
    CHECK(report["warnings"].size() == 1);  // 12 layers on the device say nothing of it
    CHECK(run_words({"calibrate", "bench.json"}).out.find("rtx-3090 qwen3-8b Q4_K_M 95.00") != std::string::npos);
}

TEST_CASE("devices of measured runs are named as everywhere") {
    const auto two = answer({"calibrate", "bench.json", "--gpu", "2x rtx-3090"});
    CHECK(two["runs"][0]["device"] == "rtx-3090");
    CHECK(two["runs"][0]["count"] == 2);
    for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
             {"--gpu", "rtx-3090", "--gpu", "rtx-4090"}, {"--gpu", "auto"}, {"--gpu", "24GB"}, {"--backend", "nonsense"}}) {
        std::vector<std::string> all{"calibrate", "bench.json"};
        all.insert(all.end(), words.begin(), words.end());
        const Outcome outcome = run_words(all);
        INFO(outcome.err);
        CHECK(outcome.status == 2);
    }
    const auto count = [](const std::string& text, std::string_view part) {
        std::size_t found = 0;
        for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
        return found;
    };
    constexpr std::string_view warning = "'rtx 3060' is taken for rtx-3060-12gb; there are also rtx-3060-8gb";
    CHECK(count(run_words({"calibrate", "bench.json", "--gpu", "rtx 3060"}).err, warning) == 1);
    CHECK(count(run_words({"qwen3-8b", "--gpu", "rtx-3090", "--calibrate", "rtx 3060 qwen3-8b Q4_K_M 40"}).err, warning) == 1);
}

TEST_CASE("runs that no line of --calibrate can state") {
    World deep = world();
    deep.read_file = [](const std::string&) -> Result<std::string> {
        return std::string(R"([{"model_filename": "Qwen3-8B-Q4_K_M.gguf", "gpu_info": "NVIDIA GeForce RTX 3090", "backends": "CUDA",
            "n_prompt": 0, "n_gen": 128, "n_depth": 16384, "avg_ts": 80.5}])");
    };
    const std::string text = run({"calibrate", "deep.json"}, deep).out;
    CHECK(text.find("decode 128 at 16,384") != std::string::npos);
    CHECK(text.find("None of these runs") != std::string::npos);
    CHECK(text.find("lines such as") == std::string::npos);
}

TEST_CASE("mistakes in options of speed and cost") {
    const std::vector<std::vector<std::string>> usage{
        {"llama-3.1-8b", "--gpu", "rtx-3090", "--price", "free"}, {"llama-3.1-8b", "--gpu", "rtx-3090", "--price", "-1"},
        {"llama-3.1-8b", "--gpu", "rtx-3090", "--ram-bandwidth", "fast"}, {"llama-3.1-8b", "--depth", "9000"},
        {"llama-3.1-8b", "--gpu", "rtx-3090", "--calibrate", "rtx-3090 qwen3-8b Q4_K_M fast"},
        {"llama-3.1-8b", "--gpu", "rtx-3090", "--calibrate", "no-card qwen3-8b Q4_K_M 95"}, {"calibrate"}};
    for (const auto& words : usage) {
        const Outcome outcome = run_words(words);
        INFO(outcome.err);
        CHECK(outcome.status == 2);
        CHECK(outcome.out.empty());
    }
    CHECK(run_words({"llama-3.1-8b", "--gpu", "rtx-3090", "--calibrate", "empty.txt"}).status == 3);
    CHECK(run_words({"calibrate", "runs.txt"}).status == 3);
    CHECK(run_words({"calibrate", "missing.json"}).status == 3);
}

TEST_CASE("memory bandwidths as people say them") {
    CHECK(parse_bandwidth("--ram-bandwidth", "90GB/s").value() == 90e9);
    CHECK(parse_bandwidth("--ram-bandwidth", "89.6").value() == Approx(89.6e9));
    CHECK(parse_bandwidth("--ram-bandwidth", "DDR5-5600x2").value() == Approx(89.6e9));
    CHECK(parse_bandwidth("--ram-bandwidth", "ddr4-3200x8").value() == Approx(204.8e9));
    for (const char* bad : {"", "0", "-5", "ddr5-5600", "ddr5x2", "90 MB/s", "inf"}) CHECK_FALSE(parse_bandwidth("--ram-bandwidth", bad));
}

TEST_CASE("llama-bench output that is none") {
    CHECK(parse_llama_bench(bench, "x").value().size() == 3);
    CHECK(parse_llama_bench(R"({"model_filename": "a.gguf", "n_prompt": 0, "n_gen": 128, "avg_ts": 1.5})", "x").value().size() == 1);
    CHECK(parse_llama_bench(std::string(1 << 20, '[') + std::string(1 << 20, ']'), "x").error().message == "x: nested too deeply");
    for (const char* bad : {"", "[]", "{}", "[1]", "nonsense", R"([{"model_filename": 3}])",
                            R"([{"model_filename": "a.gguf", "n_prompt": 0, "n_gen": -1, "avg_ts": 1.5}])",
                            R"([{"model_filename": "a.gguf", "n_prompt": 0, "n_gen": 128, "n_ubatch": 0, "avg_ts": 1.5}])",
                            R"([{"model_filename": "a.gguf", "n_prompt": 0, "n_gen": 128, "n_depth": 1e18, "avg_ts": 1.5}])",
                            R"([{"model_filename": "a.gguf", "n_prompt": 0, "n_gen": 128, "type_k": "q9", "avg_ts": 1.5}])"}) CHECK_FALSE(parse_llama_bench(bad, "x"));
}
