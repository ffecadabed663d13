// Which devices of the catalog a model runs on.
#pragma once

#include <vector>

#include "fit_report.hpp"
#include "fit_request.hpp"
#include "fitcalc/placement.hpp"

namespace fitcalc {

// Whether a backend is made for a vendor's devices. (SYCL and Vulkan reach others by way of translators.)
bool runs_on(std::string_view backend, std::string_view vendor);

// What the backend of a device takes; unmeasured parts are CUDA's.
BackendOverhead overhead_of(const EngineRecord& engine, std::string_view backend);

// One row for each group of equal devices that the user named: what is needed on the fullest of it.
std::vector<DeviceRow> asked_devices(const DeviceSet& devices, const Placement& placement,
                                     std::optional<Tokens> max_context);

// A handful of the smallest sets on which the model fits with its whole error band: sets of different sizes, of
// each size the newest device of a vendor.
Result<std::vector<DeviceRow>> smallest_sets(const FitRequest& request, PlacementSolver& solver,
                                             const QuantizedModel& quantized);

}  // namespace fitcalc
