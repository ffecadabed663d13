#include "placing.hpp"

#include "device_sets.hpp"

namespace fitcalc {

PlacementLimits placement_limits(const FitRequest& request, std::string_view backend) {
    if (!request.devices) return {};
    return PlacementLimits::equal({request.devices->usable, overhead_of(*request.engine, backend)}, request.devices->count);
}

}  // namespace fitcalc
