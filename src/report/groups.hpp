// Weights and cache grouped for people: by kind of tensor, by kind of attention.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "fit_report.hpp"

namespace fitcalc {

std::string attention_label(const ModelSpec& model);  // "MLA", "GQA 32:8", "GQA 16:8 + SWA", "MHA"

// "gated delta net"
std::string recurrent_label(const Recurrent& recurrent);

// Largest first.
std::vector<WeightGroup> weight_groups(const TensorInventory& inventory, std::span<const GgmlType> types);
// The token embedding's bytes where it serves as output matrix, too.
Bytes tied_copy(const TensorInventory& inventory, std::span<const GgmlType> types);
std::vector<CacheGroup> cache_groups(const ModelSpec& model, const EngineSettings& settings);

// Cache bytes that one token of one sequence takes over all layers, without padding.
Bytes bytes_per_token(const ModelSpec& model, const EngineSettings& settings);

}  // namespace fitcalc
