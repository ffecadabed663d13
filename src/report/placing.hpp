// The devices of a question as the placement takes them.
#pragma once

#include "fit_request.hpp"
#include "fitcalc/placement.hpp"

namespace fitcalc {

// `backend`: of the answer's settings; serves devices of which none is known.
PlacementLimits placement_limits(const FitRequest& request, std::string_view backend);

}  // namespace fitcalc
