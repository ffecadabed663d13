// The devices of a question as the placement takes them.
#pragma once

#include "fit_request.hpp"
#include "fitcalc/placement.hpp"

namespace fitcalc {

// Without devices in the request there are none in the limits. `backend`: of the answer's settings.
PlacementLimits placement_limits(const FitRequest& request, std::string_view backend);

}  // namespace fitcalc
