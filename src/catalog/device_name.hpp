// A device's name taken apart: what it is (the identity), and what only says which variant, whose make, how much
// memory. "NVIDIA GeForce RTX 4060 Ti 16GB" is 4060ti of NVIDIA's RTX line with 16 GB.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fitcalc/catalog.hpp"

namespace fitcalc {

struct DeviceName {
    std::string identity;               // "4060ti", "m3ultra", "h100"; empty where a name says nothing of that
    std::vector<std::string> lines;     // rtx, gtx, rx, arc: may be left out, but a record must have them if said
    std::vector<std::string> variants;  // laptop, sxm, pcie, ada, maxq, …: say which of several of one identity
    std::vector<std::string> memory_types;  // hbm3, gddr6x
    std::string_view vendor;                // "" when no word says it
    std::optional<std::int64_t> memory_gb;  // as sold
    std::optional<std::int64_t> cores;      // of an Apple GPU
    std::optional<std::int64_t> count;      // "8x" within the name of a box
    std::size_t number_at_end = 0;  // length of a number that stands there by itself and could be a size: "a100 40"

    // The same name, the number at its end read as gigabytes.
    DeviceName with_number_as_memory() const;
};

// One name for the text itself, and one for each bracketed part that has an identity of its own: "GB10 (DGX Spark)".
// What a bracket says without an identity belongs to all of them: "M4 Max (40-core)".
std::vector<DeviceName> device_names(std::string_view text);

// All names of a record: id, name and aliases, in parts.
std::vector<DeviceName> names_of(const DeviceRecord& device);

// How well a record's names fit a typed one of the same identity; nullopt when they contradict it. The number is that
// of the things which the nearest of the record's names says and the typed one doesn't: 0 is the very name.
std::optional<std::size_t> unsaid(const DeviceName& typed, const DeviceRecord& device, const std::vector<DeviceName>& names);

}  // namespace fitcalc
