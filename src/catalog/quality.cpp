#include "fitcalc/quality.hpp"

#include <algorithm>
#include <cmath>

#include "fitcalc/quant_scheme.hpp"

namespace fitcalc {
namespace {

double percent_of(double loss) { return 100.0 * std::exp(-loss); }

double median(std::vector<double> values) {
    std::ranges::sort(values);
    const std::size_t middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

}  // namespace

std::vector<const QualityRecord*> Catalog::measurements(std::string_view model, std::string_view quant) const {
    std::vector<const QualityRecord*> found;
    for (const auto& layer : quality_) {
        auto record = std::ranges::lower_bound(layer, model, {}, &QualityRecord::model);
        for (; record != layer.end() && record->model == model; ++record)
            if (record->quant == quant) found.push_back(&*record);
    }
    return found;
}

bool Catalog::measured(std::string_view model) const {
    return std::ranges::any_of(quality_, [&](const auto& layer) {
        return std::ranges::binary_search(layer, model, {}, &QualityRecord::model);
    });
}

std::optional<Quality> quality_of(const Catalog& catalog, const ModelRecord& model, Params active, const QuantRecord& quant) {
    constexpr double fitted_at = 8e9;
    Quality quality;
    std::vector<double> losses, divergences;
    for (const QualityRecord* record : catalog.measurements(model.id, quant.name)) {
        if (record->ppl && record->ppl_base) losses.push_back(std::log(*record->ppl / *record->ppl_base));
        if (record->kld_mean) divergences.push_back(*record->kld_mean);
    }
    if (!divergences.empty()) quality.kld_mean = median(divergences);
    if (!losses.empty() && median(losses) > 0) {
        quality.measured = true;
        quality.percent = percent_of(median(losses));
        quality.low = percent_of(*std::ranges::max_element(losses));
        quality.high = percent_of(*std::ranges::min_element(losses));
        return quality;
    }
    if (quant.loss_fit) {
        const LossFit& fit = *quant.loss_fit;
        const double loss = fit.loss_at_8b * std::pow(static_cast<double>(active.count()) / fitted_at, fit.size_exponent);
        quality.percent = percent_of(loss);
        quality.low = percent_of(loss * fit.spread_factor);
        quality.high = percent_of(loss / fit.spread_factor);
        return quality;
    }
    if (!quant.quality_percent) return std::nullopt;
    quality.percent = quality.low = quality.high = *quant.quality_percent;
    return quality;
}

std::optional<Quality> quality_of(const Catalog& catalog, const ModelRecord& model, const ModelSpec& spec, Params active,
                                  const QuantRecord& quant) {
    const auto stated = quality_of(catalog, model, active, quant);
    if (stated || quant.name != traits(FileType::mxfp4_moe).name || !experts_in_mxfp4(spec)) return stated;
    const QuantRecord* rest = catalog.find_quant(traits(FileType::q8_0).name);
    return rest ? quality_of(catalog, model, active, *rest) : std::nullopt;
}

}  // namespace fitcalc
