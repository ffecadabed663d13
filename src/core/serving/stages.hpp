// Which pipeline stage each layer is on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "fitcalc/model_spec.hpp"

namespace fitcalc {

// Of the layers that the engine loads: next-token blocks, which come last, have none.
std::vector<std::size_t> stages_of_layers(const ModelSpec& model, std::int64_t stages);

}  // namespace fitcalc
