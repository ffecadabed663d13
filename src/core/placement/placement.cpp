#include "fitcalc/placement.hpp"

#include <algorithm>

namespace fitcalc {

PlacementLimits PlacementLimits::equal(const PlacementDevice& device, std::int64_t count) {
    PlacementLimits limits;
    limits.devices.assign(static_cast<std::size_t>(std::max<std::int64_t>(0, count)), device);
    return limits;
}

const DevicePlacement& Placement::fullest() const {
    return *std::ranges::min_element(devices, {}, &DevicePlacement::free);
}

Bytes Placement::device_total() const {
    Bytes sum;
    for (const DevicePlacement& device : devices) sum += device.total;
    return sum;
}

}  // namespace fitcalc
