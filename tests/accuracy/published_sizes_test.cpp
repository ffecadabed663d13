// Predicted file sizes against those of published files of llama.cpp's standard mixes. Prints the worst with the reason.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "fitcalc/architecture.hpp"
#include "fitcalc/catalog.hpp"
#include "fitcalc/estimate.hpp"
#include "support/catch.hpp"

using namespace fitcalc;
using nlohmann::json;

namespace {

constexpr std::size_t shown = 20;

struct Case {
    std::string model, quant, repository;
    bool importance_matrix = false;
    double published = 0, rounding = 0, predicted = 0;

    double error() const { return std::abs(predicted - published) / published * 100; }
    // Sources print sizes to a tenth of a GiB: what lies within that is no error of ours.
    double error_beyond_rounding() const { return std::max(0.0, std::abs(predicted - published) - rounding) / published * 100; }
};

// The key-value section as the report takes it (src/report/fit_report.cpp, docs/method.md).
Bytes metadata_of(const ModelRecord& record, const ModelSpec& model) {
    return Bytes{record.metadata_bytes.value_or(model.vocab_size * 40)};
}

class Predictor {
public:
    const Estimator* of(const std::string& id) {
        if (const auto known = estimators_.find(id); known != estimators_.end()) return known->second.get();
        const auto found = catalog_.find_model(id);
        REQUIRE(found);
        auto model = describe_model(found->record->architecture, found->record->dimensions());
        REQUIRE(model);
        const Bytes metadata = metadata_of(*found->record, *model);
        auto estimator = Estimator::create(std::move(*model), metadata);
        REQUIRE(estimator);
        return estimators_.emplace(id, std::make_unique<Estimator>(std::move(*estimator))).first->second.get();
    }

private:
    Catalog catalog_;
    std::map<std::string, std::unique_ptr<Estimator>> estimators_;
};

std::vector<Case> published_cases() {
    std::ifstream file(FITCALC_TEST_REFERENCE "/published-sizes.json");
    const json data = json::parse(file);
    std::vector<Case> cases;
    for (const auto& row : data["rows"]) {
        Case each;
        each.model = row[0];
        each.quant = row[1];
        each.importance_matrix = row[2];
        each.published = row[3];
        each.rounding = row[4];
        each.repository = data["repositories"][row[5].get<std::size_t>()];
        if (file_type_from_name(each.quant)) cases.push_back(std::move(each));
    }
    return cases;
}

// What explains a size that the mix doesn't: tried out where it can be, else by whose file it is.
std::string reason(const Case& c, const Estimator& estimator) {
    const FileType type = *file_type_from_name(c.quant);
    const auto near = [&](double size) { return std::abs(size - c.published) <= c.rounding + 0.01 * c.published; };
    const auto types = estimator.types(type, c.importance_matrix);
    double next_token = 0, embedding = 0;
    for (std::size_t i = 0; i < types.size(); ++i) {
        const Tensor& tensor = estimator.inventory().tensors[i];
        const auto bytes = static_cast<double>(tensor.bytes_as(types[i]).count());
        if (tensor.layer && estimator.model().layers[static_cast<std::size_t>(*tensor.layer)].next_token) next_token += bytes;
        if (tensor.name == "token_embd.weight") embedding = bytes;
    }
    const bool mxfp4 = std::ranges::any_of(estimator.model().layers, [](const LayerSpec& layer) {
        const auto* moe = std::get_if<ExpertFeedForward>(&layer.feed_forward);
        return moe && moe->source_type == GgmlType::mxfp4;
    });
    if (mxfp4 || c.repository.find("gpt-oss") != std::string::npos) return "the file keeps the experts in the checkpoint's MXFP4";
    if (next_token > 0 && near(c.predicted - next_token)) return "converted without the next-token layer";
    if (estimator.inventory().tied() && near(c.predicted + embedding))
        return "the file holds the tied output matrix a second time";
    if (near(static_cast<double>(estimator.quantize(type, !c.importance_matrix).file_size.count())))
        return c.importance_matrix ? "made without an importance matrix" : "made with an importance matrix";
    if (c.repository.find("qat") != std::string::npos || c.repository.find("QAT") != std::string::npos)
        return "quantization-aware checkpoint: its maker's types for the embedding";
    const std::string owner = c.repository.substr(0, c.repository.find('/'));
    if (owner == "ollama") return "Ollama's own mix, or vision in the same file";
    if (owner == "bartowski" || owner == "unsloth") return owner + "'s own mix under a standard name";
    return "unexplained";
}

// The same file is listed a second time, with the predicted size.
bool listed_otherwise(const Case& c, const std::vector<Case>& cases) {
    return std::ranges::any_of(cases, [&](const Case& other) {
        return other.repository == c.repository && other.quant == c.quant && other.error_beyond_rounding() < 1;
    });
}

double quantile(std::vector<double> values, double share) {
    std::ranges::sort(values);
    return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

}  // namespace

TEST_CASE("predicted file sizes are those of published files") {
    Predictor predictor;
    std::vector<Case> cases = published_cases();
    REQUIRE(cases.size() > 7000);
    std::vector<double> errors, beyond;
    for (Case& each : cases) {
        const Estimator* estimator = predictor.of(each.model);
        const FileType type = *file_type_from_name(each.quant);
        each.predicted = static_cast<double>(estimator->quantize(type, each.importance_matrix).file_size.count());
        errors.push_back(each.error());
        beyond.push_back(each.error_beyond_rounding());
    }
    const auto share_within_4 = [](const std::vector<double>& all) {
        const auto within = static_cast<double>(std::ranges::count_if(all, [](double e) { return e <= 4; }));
        return 100.0 * within / static_cast<double>(all.size());
    };
    std::printf("published files of standard mixes: %zu; error: median %.2f %%, within 4 %%: %.1f %%; beyond the source's "
                "rounding: median %.2f %%, within 4 %%: %.1f %%\n",
                cases.size(), quantile(errors, 0.5), share_within_4(errors), quantile(beyond, 0.5),
                share_within_4(beyond));

    // One line for each repository: what is wrong with one of its files is wrong with the others.
    std::ranges::stable_sort(cases, std::ranges::greater{}, &Case::error_beyond_rounding);
    std::vector<std::string> seen;
    for (const Case& each : cases) {
        if (seen.size() == shown) break;
        if (std::ranges::find(seen, each.repository) != seen.end()) continue;
        seen.push_back(each.repository);
        std::printf("  %-46s %-9s predicted %7.2f GB, published %7.2f GB: %s\n", each.repository.c_str(), each.quant.c_str(),
                    each.predicted / 1e9, each.published / 1e9,
                    listed_otherwise(each, cases) ? "listed again with the predicted size"
                                                  : reason(each, *predictor.of(each.model)).c_str());
    }
    CHECK(quantile(errors, 0.5) <= 0.4);
    CHECK(quantile(beyond, 0.5) <= 0.01);
    CHECK(share_within_4(beyond) >= 91.0);
}
