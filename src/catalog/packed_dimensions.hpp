// Dimensions as a flat run of numbers, so that records stay constant tables: for each field of visit_dimensions(),
// the number of values (0 when absent), then the values.
#pragma once

#include <span>
#include <vector>

#include "fitcalc/dimensions.hpp"

namespace fitcalc {

std::vector<std::uint32_t> pack(const Dimensions& dimensions);
Dimensions unpack(std::span<const std::uint32_t> packed);

}  // namespace fitcalc
