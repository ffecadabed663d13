// The devices of a question as the placement takes them.
#pragma once

#include "fit_request.hpp"
#include "fitcalc/placement.hpp"

namespace fitcalc {

// `backend`: of the answer's settings; serves devices of which none is known.
PlacementLimits placement_limits(const FitRequest& request, std::string_view backend);

// On the device with the least to spare, or in host memory where there are no devices.
Bytes required(const Placement& placement);
Bytes headroom(const Placement& placement);

}  // namespace fitcalc
