// Numbers in files that anyone may have written: bounded, checked, never trusted.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fitcalc/quantity.hpp"

namespace fitcalc {

// Sizes beyond this are nonsense: no machine has a petabyte of memory.
inline constexpr Bytes largest_believable{std::int64_t{1} << 50};

std::string_view trimmed(std::string_view text);
std::vector<std::string_view> lines_of(std::string_view text);
std::vector<std::string_view> split(std::string_view text, char separator);

// What may stand in an answer: printable text, without control characters, cut to a sane length. Bytes that are no UTF-8
// are replaced by '?'.
std::string clean(std::string_view text);

// A whole decimal number, alone in the text but for spaces; nullopt for anything else, negative or beyond 64 bits.
std::optional<std::int64_t> whole_number(std::string_view text);
std::optional<std::int64_t> hex_number(std::string_view text);  // with or without 0x

// The first whole number of a decimal fraction ("450.00" is 450 whole and 0 thousandths): in thousandths.
std::optional<std::int64_t> thousandths(std::string_view text);

// A believable size: not negative, not beyond `largest_believable`.
std::optional<Bytes> believable(std::int64_t count, Bytes unit = Bytes{1});
std::optional<Bytes> size_in(std::string_view text, Bytes unit = Bytes{1});

// The text after "key" and separators (spaces, tabs, ':' or '=') on the first line that starts with the key.
std::optional<std::string_view> value_after(std::string_view text, std::string_view key);

}  // namespace fitcalc
