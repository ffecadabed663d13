// The memory that a question names: devices, and what may be used beside them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fitcalc/catalog.hpp"
#include "fitcalc/fit.hpp"
#include "fitcalc/quantity.hpp"

namespace fitcalc {

// Equal devices.
struct DeviceChoice {
    const DeviceRecord* record = nullptr;  // null for a bare size
    std::string name;                      // id, or the size as typed
    std::int64_t count = 1;
    Bytes memory;  // of each
    Bytes usable;  // of each
    Bytes unreserved;     // the same without --reserve
    std::string machine;  // that it was found in, as typed: "auto", "@FILE"; empty: named by itself
    std::string backend;  // of a device found in a machine; empty: its record's
    bool shares_ram = false;  // `usable` is a part of DeviceSet::ram

    // A machine of its own by name: its memory is the host's as well. (Of what is found in a machine `shares_ram` tells.)
    bool named_unified() const { return machine.empty() && record && record->unified(); }
    // What runs on it where no backend is asked for; empty: unknown.
    std::string_view usual_backend() const {
        if (!backend.empty()) return backend;
        return record ? record->backend : std::string_view{};
    }
};

// Memory that host and devices share, over all devices that do.
struct SharedMemory {
    Bytes usable;  // by the devices
    Bytes whole;   // that there is

    void add(Bytes by_devices, Bytes in_all) {
        usable += by_devices;
        whole += in_all;
    }
    explicit operator bool() const { return whole > Bytes{}; }
    // What both may take together: the devices' part and --ram, but no more than there is.
    Bytes with(Bytes ram) const { return std::min(usable + ram, whole); }
};

// All that is named, in the order typed, and what is forced of the placement there.
struct DeviceSet {
    std::vector<DeviceChoice> groups;
    std::optional<Bytes> reserve;          // --reserve: left free on each device, of the catalog's others as well
    std::optional<Bytes> ram;              // host memory for what the devices don't take; with what those that share it do
    std::optional<Layers> gpu_layers;      // --ngl
    std::optional<Layers> cpu_moe_layers;  // --n-cpu-moe
    std::vector<double> tensor_split;      // --tensor-split

    explicit operator bool() const { return !groups.empty(); }
    // Devices, or memory for the CPU alone.
    bool names_memory() const { return !groups.empty() || ram.has_value(); }
    // The worst verdict that is a yes: what needs host memory is one where it was said how much there is.
    Verdict least_yes() const { return ram ? Verdict::offload : Verdict::tight; }
    bool yes(Verdict verdict) const { return at_least(verdict, least_yes()); }
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
