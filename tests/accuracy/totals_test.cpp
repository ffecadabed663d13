// What one device must hold in all, against llama.cpp's own figures: the row of fitcalc in docs/comparison.md.
#include <algorithm>
#include <cmath>
#include <iomanip>
#include <iostream>

#include "../support/catch.hpp"
#include "../support/reference.hpp"
#include "fitcalc/architecture.hpp"
#include "fitcalc/estimate.hpp"

namespace fitcalc {
namespace {

using test::ReferenceModel;
using test::ReferenceSetting;

// An f16 cache, one sequence, flash attention, logits for every token: what other tools can be asked as well.
bool compared(const ReferenceSetting& setting) {
    const EngineSettings& s = setting.settings;
    return setting.device == "gpu1" && (s.context == Tokens{8192} || s.context == Tokens{32768}) && s.sequences == 1 &&
           s.type_k == GgmlType::f16 && s.type_v == GgmlType::f16 && s.ubatch == Tokens{512} && s.flash_attention &&
           s.outputs == Outputs::batch && !s.kv_unified && !s.swa_full;
}

Bytes weights_on_device(const ReferenceModel& model) {
    const auto row = std::ranges::find_if(model.placements, [](const test::ReferencePlacement& p) {
        return p.quant == "Q4_K_M" && p.device == "gpu1";
    });
    REQUIRE(row != model.placements.end());
    return row->weights_device;
}

TEST_CASE("totals of Q4_K_M on one device, as docs/comparison.md has them", "[accuracy]") {
    std::vector<double> errors;
    for (const ReferenceModel& model : test::reference_models()) {
        const Bytes weights = weights_on_device(model);
        const Estimator estimator = Estimator::create(test::spec_of(model), model.tensors, Bytes{}).value();
        const QuantizedModel quantized = estimator.quantize(FileType::q4_k_m, false);
        for (const ReferenceSetting& setting : model.settings) {
            if (!compared(setting)) continue;
            const Bytes truth = weights + setting.kv + setting.recurrent + setting.compute_device.front();
            const auto costs = estimator.context_costs(setting.settings).value();
            const MemoryEstimate estimate = estimator.estimate(quantized, costs, {});
            errors.push_back(100 * std::abs(static_cast<double>((estimate.total - truth).count())) /
                             static_cast<double>(truth.count()));
        }
    }
    std::ranges::sort(errors);
    const double median = errors[errors.size() / 2], most = errors[errors.size() * 9 / 10], worst = errors.back();
    std::cout << std::fixed << std::setprecision(2) << "totals: " << errors.size() << " cases, median " << median
              << " %, nine of ten within " << most << " %, worst " << worst << " %\n";
    CHECK(errors.size() == 124);
    CHECK(worst == 0);
}

}  // namespace
}  // namespace fitcalc
