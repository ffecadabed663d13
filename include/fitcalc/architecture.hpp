// Architectures: how dimensions become layers by kind, and the tensors of the converted file. One file per family.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "fitcalc/dimensions.hpp"
#include "fitcalc/model_spec.hpp"
#include "fitcalc/result.hpp"
#include "fitcalc/tensor.hpp"

namespace fitcalc {

struct Architecture {
    std::string_view name;         // llama.cpp's, as in general.architecture
    std::string_view description;
    std::string_view source;       // of its tensors and graph
    Result<ModelSpec> (*describe)(const Dimensions&);       // names the dimension that is missing
    TensorInventory (*tensors)(const ModelSpec&);           // the file's tensors, unquantized
    // Half-width of the compute buffers' error, in percent: the worst that tests/accuracy/compute_test.cpp has seen of
    // the family, and 1 at least for other versions of the engine.
    std::int64_t compute_error_percent = 1;
};

std::span<const Architecture* const> architectures_known();
Result<const Architecture*> find_architecture(std::string_view name);

// find_architecture, then describe.
Result<ModelSpec> describe_model(std::string_view architecture, const Dimensions& dimensions);
TensorInventory tensor_inventory(const ModelSpec& model);

}  // namespace fitcalc
