// Speed and cost in the commands that ask about many devices, models or quantizations.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "support/ask.hpp"

using namespace fitcalc;
using namespace fitcalc::cli;
using nlohmann::json;
using test::answer_to;
using test::run_words;

namespace {

json row_of(const json& rows, const char* key, const std::string& value) {
    const auto found = std::ranges::find_if(rows, [&](const json& row) { return row[key] == value; });
    INFO(value);
    REQUIRE(found != rows.end());
    return *found;
}

}  // namespace

TEST_CASE("gpus states the speed of each device, and sorts by it", "[gpus]") {
    const json devices = answer_to({"gpus", "qwen2.5-32b", "--sort", "speed"})["devices"];
    double last = 1e9;
    bool unknown = false;
    for (const json& row : devices) {
        if (row["decode_tokens_per_second"].is_null()) {
            unknown = true;
            continue;
        }
        CHECK_FALSE(unknown);  // what is unknown goes last
        CHECK(row["decode_tokens_per_second"] <= last);
        last = row["decode_tokens_per_second"];
    }
    CHECK(last < 1e9);
    // The same as where one device is asked about.
    const json row = row_of(devices, "device", "rtx-4090");
    const json asked = answer_to({"qwen2.5-32b", "--gpu", "rtx-4090"})["devices"][0];
    for (const char* field : {"decode_tokens_per_second", "decode_range", "decode_limit", "prefill_tokens_per_second", "cost"})
        CHECK(row[field] == asked[field]);
}

TEST_CASE("a box of devices is as fast as they are, and has a price of its own", "[gpus]") {
    const json devices = answer_to({"gpus", "llama-3.1-405b", "--power-price", "0.2"})["devices"];
    const json box = row_of(devices, "device", "dgx-b200");
    const json inside = answer_to({"llama-3.1-405b", "--gpu", "8x b200-sxm-180gb"})["devices"][0];
    CHECK(box["decode_tokens_per_second"] == inside["decode_tokens_per_second"]);
    CHECK(box["cost"]["purchase"]["launch_price_usd"] == box["launch_price_usd"]);
    CHECK(box["cost"]["electricity"]["watts"] == 14300);  // the whole box
    CHECK(box["cost"]["rent"]["usd_per_hour"] == inside["cost"]["rent"]["usd_per_hour"]);
}

TEST_CASE("models and recommend state each model's speed", "[models]") {
    const json models = answer_to({"models", "--gpu", "rtx-3090", "--quant", "Q4_K_M"})["models"];
    const json small = row_of(models, "id", "qwen3-8b"), large = row_of(models, "id", "qwen3-32b");
    CHECK(small["decode_tokens_per_second"] > large["decode_tokens_per_second"]);
    const json asked = answer_to({"qwen3-8b", "--gpu", "rtx-3090"})["devices"][0];
    for (const char* field : {"decode_tokens_per_second", "decode_range", "prefill_tokens_per_second"}) CHECK(small[field] == asked[field]);
    const json ranked = answer_to({"recommend", "--gpu", "rtx-3090"})["models"];
    CHECK(ranked[0]["decode_tokens_per_second"] > 0);
    CHECK(answer_to({"models", "--gpu", "8GB"})["models"][0]["decode_tokens_per_second"].is_null());
}

TEST_CASE("a depth beyond a model's context leaves its speed out", "[models]") {
    const json models = answer_to({"models", "--gpu", "rtx-3090", "--ctx", "max", "--depth", "20000"})["models"];
    for (const json& row : models) {
        INFO(row["id"]);
        CHECK(row["decode_tokens_per_second"].is_null() == (row["context"] < 20000));
    }
}

TEST_CASE("compare sets speeds side by side", "[compare]") {
    const json columns = answer_to({"compare", "qwen3-8b", "--gpu", "rtx-3090,rtx-4090"})["columns"];
    CHECK(columns[0]["decode_tokens_per_second"] < columns[1]["decode_tokens_per_second"]);
    CHECK(columns[0]["cost"]["rent"]["usd_per_hour"] > 0);
    CHECK(answer_to({"compare", "qwen3-8b", "qwen3-14b"})["columns"][0]["decode_tokens_per_second"].is_null());
    const std::string text = run_words({"compare", "qwen3-8b", "--gpu", "rtx-3090,rtx-4090"}).out;
    CHECK(text.find("prompt tokens/s") != std::string::npos);
}

TEST_CASE("a grid's cells are as fast as the model is where they put it", "[grid]") {
    const json cells = answer_to({"grid", "qwen3-30b-a3b", "--gpu", "rtx-3090", "--ram", "64GB", "--quant", "Q4_K_M,Q8_0",
                                  "--depth", "6000"})["cells"];
    for (const json& cell : cells) {
        INFO(cell.dump());
        const bool known = cell["verdict"] != "no" && cell["context"] >= 6000;
        CHECK(cell["decode_tokens_per_second"].is_null() != known);
    }
    const auto rate = [&](const char* quant) {
        for (const json& cell : cells)
            if (cell["quant"] == quant && !cell["decode_tokens_per_second"].is_null()) return cell["decode_tokens_per_second"].get<double>();
        return 0.0;
    };
    CHECK(rate("Q4_K_M") > rate("Q8_0"));  // which has a part of its experts in host memory
}

TEST_CASE("what host memory takes is named", "[plan]") {
    const json report = answer_to({"plan", "deepseek-r1-0528", "--gpu", "rtx-4090", "--ram", "512GB"});
    const json row = report["devices"][0];
    CHECK(row["decode_limit"].get<std::string>().starts_with("host "));
    CHECK(row["speed"]["rough"] == true);
    CHECK(row["prefill_tokens_per_second"].is_null());
    CHECK(row_of(report["quants"], "quant", "Q4_K_M")["decode_tokens_per_second"] == row["decode_tokens_per_second"]);
    const json fast = answer_to({"plan", "deepseek-r1-0528", "--gpu", "rtx-4090", "--ram", "512GB",
                                 "--ram-bandwidth", "ddr5-6400x12"});
    CHECK(fast["devices"][0]["decode_tokens_per_second"] > row["decode_tokens_per_second"]);
    // The CPU alone has no device row; the set's figures stand for it.
    const json cpu = answer_to({"qwen3-8b", "--ram", "32GB"});
    CHECK(cpu["devices"].empty());
    CHECK(cpu["set_speed"]["decode_tokens_per_second"] > 0);
    CHECK(cpu["set_speed"]["decode_limit"] == "host memory 100 %");
    CHECK(run_words({"qwen3-8b", "--ram", "32GB", "--value", "decode_tokens_per_second"}).out ==
          cpu["set_speed"]["decode_tokens_per_second"].dump() + "\n");
}

TEST_CASE("every quantization that fits has a speed, published mixes too") {
    const json quants = answer_to({"gpt-oss-20b", "--gpu", "rtx-4090"})["quants"];
    std::size_t published = 0;
    for (const json& row : quants) {
        INFO(row["quant"]);
        CHECK(row["decode_tokens_per_second"].is_null() == (row["total_bytes"] > 25.4e9));
        if (row.contains("published_by")) ++published;
    }
    CHECK(published > 0);
}

TEST_CASE("a question that outgrows the context is warned of") {
    const std::vector<std::string> words{"qwen3-8b", "--gpu", "rtx-3090", "--prompt", "8000", "--answer", "1000"};
    CHECK(run_words(words).err.find("9,000 tokens in all, more than the context of 8,192") != std::string::npos);
    std::vector<std::string> longer = words;
    longer.insert(longer.end(), {"--ctx", "16k"});
    CHECK(run_words(longer).err.find("tokens in all") == std::string::npos);
}

TEST_CASE("a device of a measured run may be several words, or several devices") {
    const auto decode = [](const char* run) {
        return answer_to({"qwen3-8b", "--gpu", "rtx-3090", "--depth", "64", "--calibrate", run})["devices"][0];
    };
    CHECK(decode("RTX 3090 qwen3-8b Q4_K_M 95")["decode_tokens_per_second"].get<double>() == Approx(95).epsilon(0.001));
    CHECK(decode("2x rtx-3090 qwen3-8b q4_k_m 90 5000")["speed"]["calibrated"] == true);
    for (const char* bad : {"rtx-3090 qwen3-8b 95", "rtx-3090 qwen3-8b Q4_K_M", "rtx-3090 qwen3-8b Q4_K_M 0", "rtx-3090 qwen3-8b Q4_K_M 95 0",
                            "rtx-3090 no-model Q4_K_M 95", "rtx-3090 qwen3-8b Q4_K_M 95 100 100", "24GB qwen3-8b Q4_K_M 95", "rtx-3090 qwen3-8b Q4_K_M 1e300"}) {
        INFO(bad);
        CHECK(run_words({"qwen3-8b", "--gpu", "rtx-3090", "--calibrate", bad}).status == 2);
    }
}

TEST_CASE("single figures of speed and cost") {
    const auto value = [](const char* name) {
        return run_words({"qwen3-8b", "--gpu", "rtx-4090", "--prompt", "1000", "--answer", "100", "--value", name}).out;
    };
    for (const char* name : {"decode_tokens_per_second", "prefill_tokens_per_second", "first_token_seconds", "answer_seconds",
                             "usd_per_million_tokens"}) {
        INFO(name << ": " << value(name));
        CHECK(std::stod(value(name)) > 0);
    }
    CHECK(value("thinking_seconds") == "null\n");
}

TEST_CASE("costs are columns by their path", "[gpus]") {
    const std::string chosen = run_words({"gpus", "qwen3-8b", "--format", "csv", "--fields", "device,cost.rent.usd_per_million_tokens"}).out;
    CHECK(chosen.starts_with("device,cost.rent.usd_per_million_tokens\n"));
    CHECK(chosen.find("rtx-4090,0.") != std::string::npos);
    CHECK(chosen.find("\nrx-7900-xtx,\n") != std::string::npos);
}
