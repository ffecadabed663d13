// How layers are dealt out to devices.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "fitcalc/quantity.hpp"

namespace fitcalc {

// Which layers lie where. A part is a layer or, behind the last of them, the output stage.
struct Layout {
    std::vector<std::int64_t> counts;  // parts on each device, in order; the parts before them are in host memory
    std::int64_t cpu_moe_layers = 0;   // the first so many layers' routed experts are in host memory

    std::int64_t gpu_layers() const;
    // NOLINTNEXTLINE(modernize-use-nullptr): as in quantity.hpp
    friend auto operator<=>(const Layout&, const Layout&) = default;
};

// Deals parts out by shares as llama.cpp does, in its arithmetic of floats: a part goes to the first device whose
// cumulative share is beyond the part's own place (llama.cpp de3ff81, src/llama-model.cpp, load_tensors). There must be
// a positive share.
std::vector<std::int64_t> dealt_by_shares(std::int64_t parts, std::span<const double> shares);

// The contiguous dealing that leaves the most on the device with the least to spare; `costs` of each part, `rooms` of
// each device for them. A device that a part doesn't fit on may stay empty. Where not all parts fit, those left over go
// to the last device.
std::vector<std::int64_t> dealt_evenly(std::span<const Bytes> costs, std::span<const Bytes> rooms);

}  // namespace fitcalc
