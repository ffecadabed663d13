// Which devices of the catalog a model runs on.
#pragma once

#include <vector>

#include "fit_report.hpp"
#include "fit_request.hpp"
#include "fitcalc/placement.hpp"

namespace fitcalc {

// What the backend of a device takes; unmeasured parts are CUDA's.
BackendOverhead overhead_of(const EngineRecord& engine, std::string_view backend);

// The devices the user named.
Result<DeviceRow> asked_device(const FitRequest& request, PlacementSolver& solver, const QuantizedModel& quantized,
                               const BackendOverhead& overhead);

// A handful of the smallest sets on which the model fits with its whole error band: sets of different sizes, of
// each size the newest device of a vendor.
Result<std::vector<DeviceRow>> smallest_sets(const FitRequest& request, PlacementSolver& solver,
                                             const QuantizedModel& quantized);

}  // namespace fitcalc
