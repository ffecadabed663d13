// What an engine loads of a file.
#pragma once

#include "fitcalc/model_spec.hpp"
#include "fitcalc/tensor.hpp"

namespace fitcalc {

// A next-token block is left in the file, but for a router's bias that the loaders of sparse latent attention don't skip
// (llama.cpp de3ff81, src/models/deepseek32.cpp, glm-dsa.cpp).
bool left_in_file(const ModelSpec& model, const Tensor& tensor);

// Outside the layers: whether a tensor lies with the output stage; otherwise it lies with the first layer. LFM2's norm
// behind the last layer goes by the name that others give to one before the first (src/llama-arch.cpp).
bool with_output(const TensorInventory& inventory, const Tensor& tensor);

}  // namespace fitcalc
