// Stretches of a model in which the same layers come again and again.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "fitcalc/model_spec.hpp"
#include "model_graph.hpp"

namespace fitcalc::graph {

struct LayerRun {
    std::size_t first = 0;   // index into the layers
    std::size_t period = 1;  // layers that form the unit that repeats
    std::size_t times = 1;   // how often the unit comes

    std::size_t length() const { return period * times; }
};

// Cuts the layers into runs, long ones first come first served. Layers are equal when they are of the same kind and
// size and lie in the same places. `layers` are indices into the model's layers and into `places`.
std::vector<LayerRun> layer_runs(const ModelSpec& model, std::span<const std::size_t> layers,
                                 std::span<const LayerPlace> places);

}  // namespace fitcalc::graph
