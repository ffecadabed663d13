// What a layout puts where, and what is left.
#pragma once

#include "fitcalc/cache.hpp"
#include "fitcalc/placement.hpp"
#include "layout.hpp"
#include "loaded_weights.hpp"
#include "scratch.hpp"

namespace fitcalc {

// A model at one quantization and its cache. `loaded` and `host_cache` are needed when a layout leaves something in host
// memory, where neither weights nor caches are padded.
struct Goods {
    const Estimator& estimator;
    const QuantizedModel& quantized;
    const CachePlan& cache;
    const LoadedWeights* loaded = nullptr;
    const CachePlan* host_cache = nullptr;
};

// Everything but the compute buffers; totals and verdict are those without them.
Placement booked(const Goods& goods, const PlacementLimits& limits, const Layout& layout);

// Adds the compute buffers.
void add_compute(Placement& placement, const Goods& goods, const PlacementLimits& limits, const SplitBuffers& buffers);

// What each of the last `gpu_layers` parts takes on a device.
std::vector<Bytes> part_costs(const Goods& goods, const Layout& layout);

}  // namespace fitcalc
