// Tensors that a checkpoint may or may not hold, told from a tensor list.
#pragma once

#include "fitcalc/dimensions.hpp"
#include "fitcalc/tensor.hpp"

namespace fitcalc {

// Writes what the list shows: tied embeddings, biases, rotary factors. The one rule for every model whose tensors are
// known; scripts/make-reference keeps the measured models' lists, and tests read them with this.
void note_optional_tensors(Dimensions& dimensions, const TensorInventory& inventory);

}  // namespace fitcalc
