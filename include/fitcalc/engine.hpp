// What a backend takes on a device beside the engine's own buffers.
#pragma once

#include <algorithm>

#include "fitcalc/quantity.hpp"

namespace fitcalc {

// A figure that was measured, with the spread of the measurements.
struct MeasuredBytes {
    Bytes typical;
    Bytes low;
    Bytes high;
};

// Per process and device. `context`: runtime, kernels and handles, there after loading; `pool`: working memory that
// grows while prompts run (the CUDA pool's dequantized and converted activations).
struct BackendOverhead {
    MeasuredBytes context;
    MeasuredBytes pool;

    Bytes typical() const { return context.typical + pool.typical; }
    Bytes low() const { return context.low + pool.low; }
    Bytes high() const { return context.high + pool.high; }
    // How far the measurements lie from the typical figure.
    Bytes spread() const { return std::max(high() - typical(), typical() - low()); }
};

}  // namespace fitcalc
