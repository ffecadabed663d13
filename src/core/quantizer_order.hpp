// The tensors of a model as the quantizer comes to them.
// Source: llama.cpp de3ff81, src/llama-quant.cpp; functions are named where they are followed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "fitcalc/tensor.hpp"

namespace fitcalc {

// tensor_get_category: what a tensor is to the mixes.
enum class TensorCategory : std::uint8_t { output, embedding, qkv, kv_b, v, k, q, attention_output, up, gate, down, other };

struct QuantizerVisit {
    std::uint32_t tensor = 0;  // in the inventory
    TensorCategory category = TensorCategory::other;
    bool quantizable = false;  // by its name
};

// By layer, then by name; tensors outside the layers come first. `layers`: of the model; no tensor is of a later one.
std::vector<QuantizerVisit> quantizer_order(const TensorInventory& inventory, std::size_t layers);

}  // namespace fitcalc
