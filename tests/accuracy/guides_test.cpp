// Rates that guides quote for Q4_K_M under Ollama beside ours. Prints the table. The order of one model on several
// devices, and of several models on one device, must agree.
#include <array>
#include <cstdio>
#include <string>
#include <vector>

#include "fitcalc/estimate.hpp"
#include "report/speed_report.hpp"
#include "support/catch.hpp"
#include "support/reference.hpp"

using namespace fitcalc;
using namespace fitcalc::test;

namespace {

struct Quoted {
    const char* device;
    std::int64_t count;
    const char* model;
    double low, high;  // tokens per second
};

constexpr std::array<Quoted, 11> quoted{{
    {"rtx-4090", 1, "llama-3.1-8b", 80, 100},
    {"rtx-4090", 1, "qwen2.5-14b", 59, 59},
    {"rtx-4090", 1, "qwen2.5-32b", 38, 42},
    {"rtx-3090", 1, "llama-3.1-8b", 70, 85},
    {"rtx-3090", 1, "qwen2.5-14b", 47, 47},
    {"rtx-3090", 1, "qwen2.5-32b", 28, 35},
    {"rtx-4070-ti-super", 1, "llama-3.1-8b", 65, 80},
    {"rtx-4070-ti-super", 1, "qwen2.5-14b", 42, 42},
    {"rtx-4060-ti-16gb", 1, "llama-3.1-8b", 45, 55},
    {"rtx-4060-ti-16gb", 1, "qwen2.5-14b", 35, 35},
    {"rtx-3090", 2, "llama-3.1-70b", 15, 22},
}};

SpeedReport ours(const Catalog& catalog, const Quoted& quote) {
    const Estimator estimator = Estimator::create(spec_of(reference_model(quote.model)), Bytes{}).value();
    const EngineSettings settings;
    const auto work = token_work(estimator.model(), estimator.inventory(), estimator.types(FileType::q4_k_m, true), settings);
    const SpeedOptions options;
    SpeedQuestion question;
    question.catalog = &catalog;
    question.engine = "ollama";
    question.backend = "cuda";
    question.settings = &settings;
    question.work = &work;
    question.sites = equal_sites(*catalog.find_device(quote.device)->record, quote.count,
                                 static_cast<std::int64_t>(estimator.model().layers.size()));
    question.options = &options;
    return estimate_speed(question).value();
}

}  // namespace

TEST_CASE("the order of the rates that guides quote") {
    const Catalog catalog;
    std::vector<double> rates;
    std::printf("| device | model | guides, tok/s | ours | range |\n|---|---|---:|---:|---:|\n");
    for (const Quoted& quote : quoted) {
        const SpeedReport speed = ours(catalog, quote);
        rates.push_back(speed.decode.rate);
        const std::string stated = quote.low == quote.high ? std::to_string(std::lround(quote.low))
                                                           : std::to_string(std::lround(quote.low)) + "–" +
                                                                 std::to_string(std::lround(quote.high));
        std::printf("| %s%s | %s | %s | %.0f | %.0f–%.0f |\n", quote.count > 1 ? "2× " : "", quote.device, quote.model,
                    stated.c_str(), speed.decode.rate, speed.decode.low, speed.decode.high);
    }
    int pairs = 0, across = 0, agree = 0;
    for (std::size_t a = 0; a < quoted.size(); ++a)
        for (std::size_t b = 0; b < quoted.size(); ++b) {
            if (quoted[a].low <= quoted[b].high) continue;  // they touch, or the other way round
            const std::string first = quoted[a].device, second = quoted[b].device;
            const bool comparable = first == second || std::string(quoted[a].model) == quoted[b].model;
            ++across;
            agree += rates[a] > rates[b];
            if (!comparable) continue;
            ++pairs;
            INFO(first << " " << quoted[a].model << " above " << second << " " << quoted[b].model);
            CHECK(rates[a] > rates[b]);
        }
    std::printf("order: %d of %d pairs agree, of them %d of one device or one model\n", agree, across, pairs);
    CHECK(pairs >= 10);
    CHECK(agree >= across - 1);
}
