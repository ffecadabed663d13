#include "placing.hpp"

#include "device_sets.hpp"

namespace fitcalc {

PlacementLimits placement_limits(const FitRequest& request, std::string_view backend) {
    PlacementLimits limits;
    for (const DeviceChoice& group : request.devices.groups) {
        const bool own = request.backend.empty() && group.record && !group.record->backend.empty();
        const PlacementDevice device{group.usable, overhead_of(*request.engine, own ? group.record->backend : backend)};
        limits.devices.insert(limits.devices.end(), static_cast<std::size_t>(group.count), device);
    }
    limits.host = request.devices.ram;
    limits.gpu_layers = request.devices.gpu_layers;
    limits.cpu_moe_layers = request.devices.cpu_moe_layers;
    limits.tensor_split = request.devices.tensor_split;
    return limits;
}

}  // namespace fitcalc
