// Speed and cost beside what a report says of memory.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "device_choice.hpp"
#include "fit_report.hpp"
#include "fitcalc/placement.hpp"
#include "subject.hpp"

namespace fitcalc {

// What a placement on these devices puts on each of them.
std::vector<SpeedSite> sites_of(const Placement& placement, const DeviceSet& devices);

// The speed of a model where it was placed on the devices of the request; nullopt where it doesn't fit or nothing is
// known. `types`: of each tensor.
std::optional<SpeedReport> placed_speed(const FitRequest& request, std::string_view backend, const EngineSettings& settings,
                                        const Estimator& estimator, std::span<const GgmlType> types,
                                        const Placement& placement);

// Fills in the speed of the devices asked for, or of every set of devices on which the model fits, and of each
// quantization there: `fitting` says of report.quants which of them fit.
void add_speeds(const Subject& subject, const std::vector<bool>& fitting, FitReport& report);

}  // namespace fitcalc
