#include "support/published_sizes.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "fitcalc/architecture.hpp"
#include "support/catch.hpp"

namespace fitcalc::test {

double PublishedSize::error() const {
    return std::abs(predicted - published) / published * 100;
}

double PublishedSize::beyond_rounding(double size) const {
    const double off = std::max(0.0, std::abs(size - published) - rounding) / published * 100;
    return size < published ? -off : off;
}

std::vector<PublishedSize> published_sizes() {
    std::ifstream file(FITCALC_TEST_REFERENCE "/published-sizes.json");
    const nlohmann::json data = nlohmann::json::parse(file);
    std::vector<PublishedSize> out;
    for (const auto& row : data["rows"]) {
        PublishedSize each;
        each.model = row[0];
        each.quant = row[1];
        each.importance_matrix = row[2];
        each.published = row[3];
        each.rounding = row[4];
        each.repository = data["repositories"][row[5].get<std::size_t>()];
        const auto type = file_type_from_name(each.quant);
        if (!type) continue;
        each.type = *type;
        out.push_back(std::move(each));
    }
    return out;
}

const ModelRecord& CatalogEstimators::record(const std::string& id) const {
    const auto found = catalog_.find_model(id);
    REQUIRE(found);
    return *found->record;
}

const Estimator& CatalogEstimators::of(const std::string& id) {
    auto& slot = known_[id];
    if (!slot) slot = std::make_unique<Estimator>(with(id, record(id).dimensions()));
    return *slot;
}

Estimator CatalogEstimators::with(const std::string& id, const Dimensions& dimensions) const {
    const ModelRecord& record = this->record(id);
    auto model = describe_model(record.architecture, dimensions);
    REQUIRE(model);
    // The key-value section as the report takes it (src/report/fit_report.cpp, docs/method.md).
    const Bytes metadata{record.metadata_bytes.value_or(model->vocab_size * 40)};
    auto estimator = Estimator::create(std::move(*model), metadata);
    REQUIRE(estimator);
    return std::move(*estimator);
}

double file_size(const Estimator& estimator, const PublishedSize& file) {
    return static_cast<double>(estimator.quantize(file.type, file.importance_matrix).file_size.count());
}

}  // namespace fitcalc::test
