// Everything on the CPU: host memory takes the place of a device.
#pragma once

#include "fit_report.hpp"
#include "fit_request.hpp"

namespace fitcalc {

// All that is loaded, in host memory; there is no copy of a tied embedding and no backend to take memory for itself.
MemoryEstimate cpu_estimate(const Estimator& estimator, const QuantizedModel& quantized, const ContextCosts& costs);

// The host memory that was asked for, and how the model fits there. `estimate`: at the context of `settings`.
Result<DeviceRow> cpu_row(const Estimator& estimator, const QuantizedModel& quantized, EngineSettings settings,
                          const MemoryEstimate& estimate, const DeviceChoice& host);

}  // namespace fitcalc
