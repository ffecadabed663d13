// Values as people type them: tokens, sizes, counts, choices. CLI libraries read -1 as 2^64 - 1 and 24GB as GiB.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fitcalc/ggml_type.hpp"
#include "fitcalc/quantity.hpp"
#include "fitcalc/result.hpp"

namespace fitcalc::cli {

// A whole number from `low` to `high`.
Result<std::int64_t> parse_count(std::string_view option, std::string_view text, std::int64_t low, std::int64_t high);

// A date or its beginning: 2025, 2025-06, 2025-06-30.
Result<std::string> parse_date(std::string_view option, std::string_view text);

// "8192", "32k", "128K", "1M"; k and M are binary.
Result<Tokens> parse_tokens(std::string_view option, std::string_view text);

// "24GiB", "24576MiB", "24GB", "500000000B"; a number without a unit is none. Fractions are fine ("7.5GB"). With a least
// size of 0 "0" is one.
enum class MemoryUnits { decimal, as_sold };  // as_sold: GB means GiB, as cards and RAM are labelled
Result<Bytes> parse_size(std::string_view option, std::string_view text, MemoryUnits units, Bytes least = Bytes{1});
// --reserve: may be 0.
Result<Bytes> parse_reserve(std::string_view text);

// A KV cache type of llama.cpp.
Result<GgmlType> parse_cache_type(std::string_view option, std::string_view text);

template <class T>
struct Choice {
    std::string_view name;
    T value;
};

tl::unexpected<Error> no_such_choice(std::string_view option, std::string_view text, std::span<const std::string_view> choices);

// One of a few words.
template <class T, std::size_t N>
Result<T> parse_choice(std::string_view option, std::string_view text, const Choice<T> (&choices)[N]) {
    std::vector<std::string_view> names;
    for (const Choice<T>& choice : choices) {
        if (choice.name == text) return choice.value;
        names.push_back(choice.name);
    }
    return no_such_choice(option, text, names);
}

// What `parse` makes of the option's text goes into `value`; nothing where the option wasn't given.
template <class T, class Parse>
Result<void> take(const std::string& text, T& value, Parse parse) {
    if (text.empty()) return {};
    auto parsed = parse(text);
    if (!parsed) return tl::unexpected(parsed.error());
    value = *parsed;
    return {};
}

}  // namespace fitcalc::cli
