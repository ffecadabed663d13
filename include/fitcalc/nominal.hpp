// The arithmetic that hardware-requirement pages print, to compare with: parameters × nominal bits ÷ 8, a cache
// charged as full multi-head attention, a flat overhead. It is not what an engine allocates.
#pragma once

#include <cstdint>

#include "fitcalc/quantity.hpp"

namespace fitcalc {

// Bits per weight in hundredths, so that "4.80" stays exact.
struct NominalBits {
    std::int64_t hundredths = 0;
    friend constexpr bool operator==(NominalBits, NominalBits) = default;
};

// The fields of a Hugging Face config.json that such pages use.
struct NominalModel {
    Params parameters;  // as published, next-token layer included
    std::int64_t layers = 0;
    std::int64_t kv_heads = 0;
    std::int64_t heads = 0;
    std::int64_t hidden = 0;
    Tokens context_length;
};

struct NominalEstimate {
    Bytes weights;
    Bytes kv_cache;
    Bytes overhead;
    Bytes total;
    Bytes recommended;  // 1.3 × total
};

inline constexpr Bytes nominal_overhead{300'000'000};

// 2 × layers × KV heads × (hidden ÷ heads) × 2 bytes for each token.
NominalEstimate nominal_estimate(const NominalModel& model, NominalBits bits, Tokens context);

}  // namespace fitcalc
