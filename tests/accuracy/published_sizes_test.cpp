// Predicted file sizes against those of published files of llama.cpp's standard mixes. Prints the worst with the reason.
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "support/catch.hpp"
#include "support/published_sizes.hpp"

using namespace fitcalc;
using namespace fitcalc::test;

namespace {

constexpr std::size_t shown = 20;

// What explains a size that the mix doesn't: tried out where it can be, else by whose file it is.
std::string reason(const PublishedSize& c, const Estimator& estimator) {
    const FileType type = c.type;
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
bool listed_otherwise(const PublishedSize& c, const std::vector<PublishedSize>& cases) {
    return std::ranges::any_of(cases, [&](const PublishedSize& other) {
        return other.repository == c.repository && other.quant == c.quant && std::abs(other.beyond_rounding()) < 1;
    });
}

double quantile(std::vector<double> values, double share) {
    std::ranges::sort(values);
    return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

}  // namespace

TEST_CASE("predicted file sizes are those of published files") {
    CatalogEstimators estimators;
    std::vector<PublishedSize> cases = published_sizes();
    REQUIRE(cases.size() > 7000);
    std::vector<double> errors, beyond;
    for (PublishedSize& each : cases) {
        each.predicted = file_size(estimators.of(each.model), each);
        errors.push_back(each.error());
        beyond.push_back(std::abs(each.beyond_rounding()));
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
    std::ranges::stable_sort(cases, std::ranges::greater{},
                             [](const PublishedSize& c) { return std::abs(c.beyond_rounding()); });
    std::vector<std::string> seen;
    for (const PublishedSize& each : cases) {
        if (seen.size() == shown) break;
        if (std::ranges::find(seen, each.repository) != seen.end()) continue;
        seen.push_back(each.repository);
        std::printf("  %-46s %-9s predicted %7.2f GB, published %7.2f GB: %s\n", each.repository.c_str(),
                    each.quant.c_str(), each.predicted / 1e9, each.published / 1e9,
                    listed_otherwise(each, cases) ? "listed again with the predicted size"
                                                  : reason(each, estimators.of(each.model)).c_str());
    }
    CHECK(quantile(errors, 0.5) <= 0.35);
    CHECK(quantile(beyond, 0.5) <= 0.01);
    CHECK(share_within_4(beyond) >= 92.0);
}
