// Where the weights lie when every layer is offloaded.
#pragma once

#include <cstdint>
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
    Bytes file_padded;          // as they lie in a GGUF file: each is padded to 32 bytes, the default alignment
    Bytes host;                 // input tensors
    std::vector<Bytes> layers;  // device bytes by layer, with the GPU's padding
    Bytes output;               // likewise the output stage: matrix (or the tied copy) and norm

    Bytes device() const;
};

// Lays out the weights of one model at many quantizations. What does not depend on the types (each tensor's place, and
// which tensors are of one shape) is found once, so that a table of all file types costs little.
class WeightPlanner {
public:
    WeightPlanner(const ModelSpec& model, const TensorInventory& inventory);

    // `types`: of each tensor, in the order of the inventory that the planner was made for.
    WeightPlan plan(std::span<const GgmlType> types) const;

private:
    enum class Place : std::uint8_t { file_only, layer, host, host_and_output, output };

    struct PlacedTensor {
        std::uint32_t shape;  // index into shapes_
        std::uint32_t layer;
        Place place;
    };

    static Place place_of(const ModelSpec& model, const TensorInventory& inventory, const Tensor& tensor,
                          bool tied);

    std::vector<PlacedTensor> tensors_;
    std::vector<Shape> shapes_;  // each once
    std::size_t layers_ = 0;
};

// Parameters that take part in one token: routed experts count by used ÷ total.
Params active_parameters(const ModelSpec& model, const TensorInventory& inventory);

// The header of a GGUF file but for its key-value section and the padding behind it: each tensor has an entry.
Bytes gguf_tensor_list_size(const TensorInventory& inventory);
// The whole header, padded; `metadata` is what the key-value section takes, mostly the tokenizer.
Bytes gguf_header_size(Bytes tensor_list, Bytes metadata);

}  // namespace fitcalc
