// ggml's tensor types: how many values form a block and how many bytes that block takes.
// Source: llama.cpp de3ff81, ggml/src/ggml-common.h and the type_traits table of ggml/src/ggml.c.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <string_view>

#include "fitcalc/quantity.hpp"

namespace fitcalc {

// Enumerators carry the numbers that a GGUF file stores.
enum class GgmlType : std::uint8_t {
    f32 = 0, f16 = 1,
    q4_0 = 2, q4_1 = 3, q5_0 = 6, q5_1 = 7, q8_0 = 8, q8_1 = 9,
    q2_k = 10, q3_k = 11, q4_k = 12, q5_k = 13, q6_k = 14, q8_k = 15,
    iq2_xxs = 16, iq2_xs = 17, iq3_xxs = 18, iq1_s = 19, iq4_nl = 20, iq3_s = 21, iq2_s = 22, iq4_xs = 23,
    i8 = 24, i16 = 25, i32 = 26, i64 = 27, f64 = 28,
    iq1_m = 29, bf16 = 30, tq1_0 = 34, tq2_0 = 35, mxfp4 = 39, nvfp4 = 40, q1_0 = 41, q2_0 = 42,
};

struct GgmlTypeTraits {
    GgmlType type;
    std::string_view name;      // as ggml prints it: "q4_K"
    std::int64_t block_values;  // values per block
    std::int64_t block_bytes;   // bytes per block
    bool quantized;
};

namespace detail {

inline constexpr std::array<GgmlTypeTraits, 35> type_table{{
    {GgmlType::f32, "f32", 1, 4, false},
    {GgmlType::f16, "f16", 1, 2, false},
    {GgmlType::q4_0, "q4_0", 32, 18, true},
    {GgmlType::q4_1, "q4_1", 32, 20, true},
    {GgmlType::q5_0, "q5_0", 32, 22, true},
    {GgmlType::q5_1, "q5_1", 32, 24, true},
    {GgmlType::q8_0, "q8_0", 32, 34, true},
    {GgmlType::q8_1, "q8_1", 32, 36, true},
    {GgmlType::q2_k, "q2_K", 256, 84, true},
    {GgmlType::q3_k, "q3_K", 256, 110, true},
    {GgmlType::q4_k, "q4_K", 256, 144, true},
    {GgmlType::q5_k, "q5_K", 256, 176, true},
    {GgmlType::q6_k, "q6_K", 256, 210, true},
    {GgmlType::q8_k, "q8_K", 256, 292, true},
    {GgmlType::iq2_xxs, "iq2_xxs", 256, 66, true},
    {GgmlType::iq2_xs, "iq2_xs", 256, 74, true},
    {GgmlType::iq3_xxs, "iq3_xxs", 256, 98, true},
    {GgmlType::iq1_s, "iq1_s", 256, 50, true},
    {GgmlType::iq4_nl, "iq4_nl", 32, 18, true},
    {GgmlType::iq3_s, "iq3_s", 256, 110, true},
    {GgmlType::iq2_s, "iq2_s", 256, 82, true},
    {GgmlType::iq4_xs, "iq4_xs", 256, 136, true},
    {GgmlType::i8, "i8", 1, 1, false},
    {GgmlType::i16, "i16", 1, 2, false},
    {GgmlType::i32, "i32", 1, 4, false},
    {GgmlType::i64, "i64", 1, 8, false},
    {GgmlType::f64, "f64", 1, 8, false},
    {GgmlType::iq1_m, "iq1_m", 256, 56, true},
    {GgmlType::bf16, "bf16", 1, 2, false},
    {GgmlType::tq1_0, "tq1_0", 256, 54, true},
    {GgmlType::tq2_0, "tq2_0", 256, 66, true},
    {GgmlType::mxfp4, "mxfp4", 32, 17, true},
    {GgmlType::nvfp4, "nvfp4", 64, 36, true},
    {GgmlType::q1_0, "q1_0", 128, 18, true},
    {GgmlType::q2_0, "q2_0", 64, 18, true},
}};

static_assert(std::ranges::all_of(type_table, [](const GgmlTypeTraits& t) {
    return std::has_single_bit(static_cast<std::uint64_t>(t.block_values));
}));

// The table by number, so that a look-up is one index.
inline constexpr auto type_by_number = [] {
    std::array<std::int8_t, 64> index{};
    for (auto& entry : index) entry = -1;
    for (std::size_t i = 0; i < type_table.size(); ++i)
        index[static_cast<std::size_t>(type_table[i].type)] = static_cast<std::int8_t>(i);
    return index;
}();

[[noreturn]] void reject_partial_block(const GgmlTypeTraits& type, std::int64_t values);

}  // namespace detail

constexpr const GgmlTypeTraits& traits(GgmlType type) {
    return detail::type_table[static_cast<std::size_t>(detail::type_by_number[static_cast<std::size_t>(type)])];
}
std::optional<GgmlType> ggml_type_from_number(std::uint32_t number);
std::optional<GgmlType> ggml_type_from_name(std::string_view name);  // any case

// True when rows of this length can be stored in the type.
// Blocks hold a power of two of values, so no division is needed: these run for every tensor at every file type.
constexpr bool divides(GgmlType type, std::int64_t row_values) {
    return (row_values & (traits(type).block_values - 1)) == 0;
}

// How many blocks so many values fill; the rest of a block is not counted.
constexpr std::int64_t whole_blocks(const GgmlTypeTraits& type, std::int64_t values) {
    return values >> std::countr_zero(static_cast<std::uint64_t>(type.block_values));
}

// Bits that one value takes.
constexpr double bits_per_value(GgmlType type) {
    return 8.0 * static_cast<double>(traits(type).block_bytes) / static_cast<double>(traits(type).block_values);
}

// Bytes of `values` consecutive values; throws std::invalid_argument unless they fill whole blocks.
constexpr Bytes bytes_of(GgmlType type, std::int64_t values) {
    const GgmlTypeTraits& t = traits(type);
    if ((values & (t.block_values - 1)) != 0) detail::reject_partial_block(t, values);
    return Bytes{t.block_bytes} * whole_blocks(t, values);
}

}  // namespace fitcalc
