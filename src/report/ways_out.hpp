// What would make a model fit that doesn't.
#pragma once

#include <vector>

#include "fit_report.hpp"
#include "fitcalc/placement.hpp"
#include "subject.hpp"

namespace fitcalc {

// One of each kind that there is, in the order of Remedy. `solver` answers for the settings asked for, `limits` are the
// devices asked for; `report` has its quantizations and recommendation.
Result<std::vector<WayOut>> ways_out(const Subject& subject, PlacementSolver& solver, const QuantizedModel& asked,
                                     const PlacementLimits& limits, const FitReport& report);

}  // namespace fitcalc
