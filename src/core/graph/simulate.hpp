// What a model's graph takes in each buffer, for one placement of its layers.
#pragma once

#include <cstdint>
#include <vector>

#include "fitcalc/engine_settings.hpp"
#include "fitcalc/model_spec.hpp"
#include "fitcalc/result.hpp"
#include "model_graph.hpp"

namespace fitcalc::graph {

// Bytes by backend, the host last. The search for a stride begins with the plan's, which is the one found afterwards:
// the next question about a model may well begin there.
Result<std::vector<std::int64_t>> simulate(const ModelSpec& model, const EngineSettings& settings, GraphPlan& plan,
                                           int copies);

}  // namespace fitcalc::graph
