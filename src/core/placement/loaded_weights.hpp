// The weights that an engine loads, by layer and side.
#pragma once

#include <span>
#include <vector>

#include "../graph/graph.hpp"
#include "fitcalc/ggml_type.hpp"
#include "fitcalc/model_spec.hpp"
#include "fitcalc/tensor.hpp"

namespace fitcalc {

struct LoadedLayer {
    Bytes experts;  // routed ones, in a device's buffer; its other weights are the estimate's
    Bytes host_experts, host_others;
    std::vector<graph::HostWeight> tensors;         // all
    std::vector<graph::HostWeight> expert_tensors;  // the routed experts'
    bool rope_factors = false;                      // its attention reads them
};

// Input tensors, which always stay in host memory, are left out. Views of names point into the inventory.
struct LoadedWeights {
    std::vector<LoadedLayer> layers;  // next-token blocks hold nothing
    Bytes host_output;                // a tied one is the embedding, which is there anyway
    Bytes host_rope_factors;          // once on each side where a layer reads them
    std::vector<graph::HostWeight> outside;  // output stage, and what goes with the first layer
};

LoadedWeights loaded_weights(const ModelSpec& model, const TensorInventory& inventory, std::span<const GgmlType> types);

// Whether a layer's attention reads the factors of rope_freqs, or the long and short ones.
bool reads_rope_factors(const ModelSpec& model, const LayerSpec& layer);

}  // namespace fitcalc
