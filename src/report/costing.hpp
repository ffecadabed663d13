// What a model needs: on one device, or in host memory where the CPU runs all of it.
#pragma once

#include "fitcalc/placement.hpp"
#include "subject.hpp"

namespace fitcalc {

// With everything on one device. Where the answer's backend is the CPU, "device" reads "host memory": all that is loaded,
// no copy of a tied embedding, and no backend to take memory for itself. `costs`: at `context`.
Result<MemoryEstimate> estimate_of(const Subject& subject, PlacementSolver& solver, const QuantizedModel& quantized,
                                   const ContextCosts& costs, Tokens context);

}  // namespace fitcalc
