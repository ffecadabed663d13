// Where the weights lie when every layer is offloaded.
#pragma once

#include <span>
#include <vector>

#include "fitcalc/model_spec.hpp"
#include "fitcalc/quantity.hpp"
#include "fitcalc/tensor.hpp"

namespace fitcalc {

// Input tensors (token_embd) stay in host memory; a tied one is copied to the device as output matrix too.
// Next-token (MTP) blocks are in the file but not loaded.
// Source: llama.cpp de3ff81, src/llama-model.cpp (load_tensors), src/llama-model-loader.cpp (create_tensor).
struct WeightPlan {
    Bytes file;                 // sum over all tensors
    Bytes host;                 // input tensors
    std::vector<Bytes> layers;  // device bytes by layer, with the GPU's padding
    Bytes output;               // likewise the output stage: matrix (or the tied copy) and norm

    Bytes device() const;
};

// Bytes of each tensor at the type chosen for it; `types` is in the inventory's order.
std::vector<Bytes> tensor_bytes(const TensorInventory& inventory, std::span<const GgmlType> types);

// `types` and `bytes`: of each tensor, in the inventory's order.
WeightPlan plan_weights(const ModelSpec& model, const TensorInventory& inventory, std::span<const GgmlType> types,
                        std::span<const Bytes> bytes);

// Parameters that take part in one token: routed experts count by used ÷ total.
Params active_parameters(const ModelSpec& model, const TensorInventory& inventory);

// Size of a GGUF file's header, the padding behind it included: `metadata` is what the key-value section takes, mostly
// the tokenizer; each tensor has an entry.
Bytes gguf_header_size(const TensorInventory& inventory, Bytes metadata);

// The tensors' data as they lie in the file: each is padded to 32 bytes, GGUF's default alignment.
Bytes gguf_data_size(std::span<const Bytes> bytes);

}  // namespace fitcalc
