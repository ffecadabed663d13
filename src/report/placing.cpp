#include "placing.hpp"

#include "device_sets.hpp"

namespace fitcalc {

Bytes required(const Placement& placement) {
    return placement.devices.empty() ? placement.host.total : placement.fullest().total;
}

Bytes headroom(const Placement& placement) {
    return placement.devices.empty() ? placement.host.free.value_or(Bytes{}) : placement.fullest().free;
}

PlacementLimits placement_limits(const FitRequest& request, std::string_view backend) {
    PlacementLimits limits;
    for (const DeviceChoice& group : request.devices.groups) {
        const std::string_view own = request.backend.empty() ? group.usual_backend() : std::string_view{};
        const PlacementDevice device{group.usable, overhead_of(*request.engine, own.empty() ? backend : own),
                                     group.shares_ram};
        limits.devices.insert(limits.devices.end(), static_cast<std::size_t>(group.count), device);
    }
    limits.host = request.devices.ram;
    limits.gpu_layers = request.devices.gpu_layers;
    limits.cpu_moe_layers = request.devices.cpu_moe_layers;
    limits.tensor_split = request.devices.tensor_split;
    return limits;
}

}  // namespace fitcalc
