// Everything on the CPU: host memory takes the place of a device.
#pragma once

#include "fit_report.hpp"
#include "fit_request.hpp"
#include "fitcalc/placement.hpp"

namespace fitcalc {

// All that is loaded, in host memory; there is no copy of a tied embedding and no backend to take memory for itself.
Result<MemoryEstimate> cpu_estimate(const Estimator& estimator, PlacementSolver& solver, const QuantizedModel& quantized,
                                    const ContextCosts& costs, Tokens context);

// The host memory that was asked for, and how the model fits there. `estimate`: at the solver's own context.
Result<DeviceRow> cpu_row(PlacementSolver& solver, const QuantizedModel& quantized, const MemoryEstimate& estimate,
                          const DeviceChoice& host);

}  // namespace fitcalc
