// The memory that a question names: devices, and what may be used beside them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fitcalc/catalog.hpp"
#include "fitcalc/quantity.hpp"

namespace fitcalc {

// Equal devices.
struct DeviceChoice {
    const DeviceRecord* record = nullptr;  // null for a bare size
    std::string name;                      // id, or the size as typed
    std::int64_t count = 1;
    Bytes memory;  // of each
    Bytes usable;  // of each
    std::string machine;  // that it was found in, as typed: "auto", "@FILE"; empty: named by itself
    std::string backend;  // of a device found in a machine; empty: its record's
    bool shares_ram = false;  // `usable` is a part of DeviceSet::ram

    // What runs on it where no backend is asked for; empty: unknown.
    std::string_view usual_backend() const {
        if (!backend.empty()) return backend;
        return record ? record->backend : std::string_view{};
    }
};

// All that is named, in the order typed, and what is forced of the placement there.
struct DeviceSet {
    std::vector<DeviceChoice> groups;
    std::optional<Bytes> ram;              // host memory for what the devices don't take
    std::optional<Layers> gpu_layers;      // --ngl
    std::optional<Layers> cpu_moe_layers;  // --n-cpu-moe
    std::vector<double> tensor_split;      // --tensor-split

    explicit operator bool() const { return !groups.empty(); }
    // Devices, or memory for the CPU alone.
    bool names_memory() const { return !groups.empty() || ram.has_value(); }
    std::int64_t count() const {
        std::int64_t sum = 0;
        for (const DeviceChoice& group : groups) sum += group.count;
        return sum;
    }
    // The group that the i-th device belongs to; i must be below count().
    const DeviceChoice& group_of(std::size_t i) const {
        std::size_t at = 0;
        for (std::int64_t left = static_cast<std::int64_t>(i); left >= groups[at].count; ++at) left -= groups[at].count;
        return groups[at];
    }
};

}  // namespace fitcalc
