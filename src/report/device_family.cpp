#include "device_family.hpp"

#include <algorithm>
#include <tuple>

namespace fitcalc {
namespace {

bool in_a_laptop(const DeviceRecord& device) {
    return device.device_class == "laptop";
}

// Of unified memory the class says little: one chip is sold in laptops and on desks.
bool same_kind(const DeviceRecord& a, const DeviceRecord& b) {
    return a.vendor == b.vendor && a.kind == b.kind && (a.unified() || in_a_laptop(a) == in_a_laptop(b));
}

}  // namespace

bool several_in_a_machine(const DeviceRecord& device) {
    return device.kind == "gpu" && !in_a_laptop(device);
}

bool named_before(const DeviceRecord& a, const DeviceRecord& b) {
    return std::tuple{a.released, a.common, a.id} > std::tuple{b.released, b.common, b.id};
}

std::vector<const DeviceRecord*> larger_devices(const Catalog& catalog, const DeviceRecord& device) {
    std::vector<const DeviceRecord*> larger;
    for (const DeviceRecord* other : catalog.devices())
        if (same_kind(*other, device) && !other->uncommon && other->memory_bytes > device.memory_bytes)
            larger.push_back(other);
    std::ranges::sort(larger, [](const DeviceRecord* a, const DeviceRecord* b) {
        return a->memory_bytes != b->memory_bytes ? a->memory_bytes < b->memory_bytes : named_before(*a, *b);
    });
    return larger;
}

}  // namespace fitcalc
