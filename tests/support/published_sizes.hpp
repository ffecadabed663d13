// Sizes of published files of llama.cpp's standard mixes, and the sizes that the catalog gives for them.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "fitcalc/catalog.hpp"
#include "fitcalc/dimensions.hpp"
#include "fitcalc/estimate.hpp"

namespace fitcalc::test {

struct PublishedSize {
    std::string model, quant, repository;
    FileType type = FileType::f16;
    bool importance_matrix = false;
    double published = 0, rounding = 0, predicted = 0;

    double error() const;
    // Signed, in percent. Sources print sizes to a tenth of a GiB or MiB: what lies within that is no deviation.
    double beyond_rounding(double size) const;
    double beyond_rounding() const { return beyond_rounding(predicted); }
};

// Those of the catalog's models at file types that llama.cpp has, without a prediction.
std::vector<PublishedSize> published_sizes();

// An estimator for each model of the catalog, made once.
class CatalogEstimators {
public:
    const ModelRecord& record(const std::string& id) const;
    const Estimator& of(const std::string& id);
    // The model with changed dimensions; its file's key-value section stays the same.
    Estimator with(const std::string& id, const Dimensions& dimensions) const;

private:
    Catalog catalog_;
    std::map<std::string, std::unique_ptr<Estimator>> known_;
};

double file_size(const Estimator& estimator, const PublishedSize& file);

}  // namespace fitcalc::test
