// Which GPUs the environment lets engines see: CUDA_VISIBLE_DEVICES, ROCR_VISIBLE_DEVICES, HIP_VISIBLE_DEVICES.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "fitcalc/machine.hpp"

namespace fitcalc {

using Variables = std::function<std::optional<std::string>(const char* name)>;

// Marks what is hidden and puts each vendor's GPUs into the order in which its runtime counts them, hidden ones last.
void apply_visibility(const Variables& variable, Machine& machine);

}  // namespace fitcalc
