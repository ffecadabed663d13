// What one token costs whatever the device: bytes read, multiplications, layers passed. Resident bytes are another
// question (weights.hpp): an input embedding is looked up by row, and of the routed experts only some are read.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "fitcalc/engine_settings.hpp"
#include "fitcalc/ggml_type.hpp"
#include "fitcalc/model_spec.hpp"
#include "fitcalc/tensor.hpp"

namespace fitcalc {

// Weight types whose matrix kernels work alike.
enum class KernelKind : std::uint8_t {
    full,      // F32 and F16
    bf16,      // slower than F16 where kernels convert it first
    q8,        // Q8_0
    legacy,    // Q4_0, Q4_1, Q5_0, Q5_1
    k,         // Q4_K, Q5_K, Q6_K
    k_low,     // Q2_K, Q3_K
    i4,        // IQ4_NL, IQ4_XS
    i_low,     // IQ1 to IQ3, ternary types: looked up in tables
    fp4,       // MXFP4, NVFP4
};
inline constexpr std::size_t kernel_kinds = 9;

KernelKind kernel_kind(GgmlType type);
std::string_view name_of(KernelKind kind);

using ByKernel = std::array<double, kernel_kinds>;

// Attention over the tokens in the cache, of all layers that look equally far back.
struct CachedAttention {
    std::int64_t window = 0;    // tokens looked back; 0: all
    double cache_bytes = 0;     // read for each token looked at
    double multiply_adds = 0;   // for each pair of a new token and one looked at

    double attended(double depth) const { return window > 0 ? std::min(depth, static_cast<double>(window)) : depth; }
};

// Additive: the work of some layers is the sum of theirs.
struct TokenWork {
    ByKernel dense_bytes{};    // read for one token: attention, dense networks, shared experts, router, output
    ByKernel expert_bytes{};   // read for one token: the routed experts that are used
    ByKernel dense_weights{};  // multiply-adds for one token of a prompt; the output matrix is for its last one only
    ByKernel expert_weights{};
    double all_expert_bytes = 0;  // of all routed experts, used or not
    double experts_per_token = 0; // used ÷ all, summed over expert_layers
    double state_bytes = 0;       // recurrent state, read and written for each token
    double layers = 0, expert_layers = 0, recurrent_layers = 0;
    std::vector<CachedAttention> attention;

    TokenWork& operator+=(const TokenWork& other);
    // The same weights in so many times the bytes.
    void stretch(double factor);

    double weight_bytes() const;  // read for one token
    double cache_bytes(double depth) const;  // read for one token with so many before it
    double active_weights() const;
};

// By layer, with the output stage last. `types`: of each tensor, in the inventory's order.
// Next-token blocks are not run.
std::vector<TokenWork> token_work(const ModelSpec& model, const TensorInventory& inventory,
                                  std::span<const GgmlType> types, const EngineSettings& settings);

TokenWork sum_of(std::span<const TokenWork> layers);

}  // namespace fitcalc
