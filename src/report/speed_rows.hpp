// Speed and cost beside what a report says of memory.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "fit_report.hpp"
#include "subject.hpp"

namespace fitcalc {

// The speed of a placed model; `record`: of all its devices, null where that is unknown. `types`: of each tensor.
std::optional<SpeedReport> placed_speed(const FitRequest& request, std::string_view backend, const EngineSettings& settings,
                                        const Estimator& estimator, std::span<const GgmlType> types,
                                        const Placement& placement, const DeviceRecord* record);

// Fills in the speed of every device on which the model fits and, where devices are asked for, of each quantization:
// `fitting` says of report.quants which of them fit there.
void add_speeds(const Subject& subject, const std::vector<bool>& fitting, FitReport& report);

}  // namespace fitcalc
