#include "values.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

#include "catalog/names.hpp"
#include "fitcalc/text.hpp"

namespace fitcalc::cli {
namespace {

std::string quoted(std::string_view option, std::string_view text) {
    return std::string(option) + " '" + std::string(text) + "'";
}

// Leading digits; nullopt without any or beyond 64 bits. `text` is left at what follows.
std::optional<std::int64_t> take_digits(std::string_view& text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || text.front() == '-') return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return value;
}

}  // namespace

Result<std::int64_t> parse_count(std::string_view option, std::string_view text, std::int64_t low, std::int64_t high) {
    std::string_view rest = text;
    const auto value = take_digits(rest);
    if (value && rest.empty() && *value >= low && *value <= high) return *value;
    return fail(ErrorKind::usage, quoted(option, text) + " is not a whole number from " + std::to_string(low) + " to " +
                                      std::to_string(high));
}

Result<std::string> parse_date(std::string_view option, std::string_view text) {
    static constexpr std::string_view pattern = "dddd-dd-dd";
    bool sound = text.size() == 4 || text.size() == 7 || text.size() == 10;
    for (std::size_t i = 0; sound && i < text.size(); ++i)
        sound = pattern[i] == 'd' ? text[i] >= '0' && text[i] <= '9' : text[i] == pattern[i];
    if (sound) return std::string(text);
    return fail(ErrorKind::usage, quoted(option, text) + " is not a date", "say 2025, 2025-06 or 2025-06-30");
}

Result<Tokens> parse_tokens(std::string_view option, std::string_view text) {
    constexpr std::int64_t most = std::int64_t{1} << 31;  // llama.cpp counts tokens in 32 bits
    std::string_view rest = text;
    const auto value = take_digits(rest);
    std::int64_t unit = 0;
    if (rest.empty()) unit = 1;
    if (same_ignoring_case(rest, "k")) unit = 1 << 10;
    if (same_ignoring_case(rest, "m")) unit = 1 << 20;
    if (value && unit > 0 && *value >= 1 && *value <= most / unit) return Tokens{*value * unit};
    return fail(ErrorKind::usage, quoted(option, text) + " is not a number of tokens", "say 8192 or 32k");
}

Result<Bytes> parse_size(std::string_view option, std::string_view text, MemoryUnits units, Bytes least) {
    struct Unit {
        std::string_view name;
        std::int64_t decimal;
        std::int64_t as_sold;
    };
    static constexpr std::array<Unit, 7> known{{
        {"B", 1, 1},
        {"MB", 1'000'000, 1 << 20},
        {"MiB", 1 << 20, 1 << 20},
        {"GB", 1'000'000'000, 1 << 30},
        {"GiB", 1 << 30, 1 << 30},
        {"TB", 1'000'000'000'000, std::int64_t{1} << 40},
        {"TiB", std::int64_t{1} << 40, std::int64_t{1} << 40},
    }};
    const auto bad = [&] { return fail(ErrorKind::usage, quoted(option, text) + " is not a size", "say 24GB, 24GiB or 24576MiB"); };
    std::string_view rest = text;
    const auto whole = take_digits(rest);
    if (!whole) return bad();
    std::string_view fraction;
    if (rest.starts_with('.')) {
        rest.remove_prefix(1);
        fraction = rest.substr(0, rest.find_first_not_of("0123456789"));
        rest.remove_prefix(fraction.size());
        if (fraction.empty() || fraction.size() > 6) return bad();
    }
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    if (text == "0") return least == Bytes{} ? Result<Bytes>{Bytes{}} : bad();  // of whatever unit
    if (rest.empty()) return fail(ErrorKind::usage, quoted(option, text) + " names no unit", "say " + std::string(text) + "GB");
    const auto unit = std::ranges::find_if(known, [&](const Unit& u) { return same_ignoring_case(u.name, rest); });
    if (unit == known.end()) return bad();
    const std::int64_t scale = units == MemoryUnits::as_sold ? unit->as_sold : unit->decimal;
    try {
        std::int64_t numerator = 0, denominator = 1;
        for (const char digit : fraction) {
            numerator = numerator * 10 + (digit - '0');
            denominator *= 10;
        }
        const std::int64_t bytes = checked_add(checked_mul(*whole, scale), checked_mul(numerator, scale) / denominator);
        if (Bytes{bytes} >= least) return Bytes{bytes};
    } catch (const ArithmeticOverflow&) {
    }
    return bad();
}

Result<Bytes> parse_reserve(std::string_view text) { return parse_size("--reserve", text, MemoryUnits::decimal, Bytes{}); }

Result<GgmlType> parse_cache_type(std::string_view option, std::string_view text) {
    static constexpr std::array types{GgmlType::f32,  GgmlType::f16,  GgmlType::bf16, GgmlType::q8_0,  GgmlType::q5_1,
                                      GgmlType::q5_0, GgmlType::q4_1, GgmlType::q4_0, GgmlType::iq4_nl};
    const auto type = ggml_type_from_name(text);
    if (type && std::ranges::find(types, *type) != types.end()) return *type;
    std::vector<std::string_view> names;
    names.reserve(types.size());
    for (const GgmlType each : types) names.push_back(traits(each).name);
    return no_such_choice(option, text, names);
}

tl::unexpected<Error> no_such_choice(std::string_view option, std::string_view text, std::span<const std::string_view> choices) {
    return fail(ErrorKind::usage, quoted(option, text) + " is not one of " + listed(choices));
}

}  // namespace fitcalc::cli
