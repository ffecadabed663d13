// Parts of a model in the JSON of tests/reference/llamacpp and tests/conformance.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "fitcalc/dimensions.hpp"
#include "fitcalc/tensor.hpp"

namespace fitcalc::test {

Dimensions dimensions_of(const nlohmann::json& record);
// Rows of name ("blk.N." of a layer), shape, type and the layers ("0-2,5"; null outside them).
TensorInventory tensors_of(const nlohmann::json& rows);

}  // namespace fitcalc::test
