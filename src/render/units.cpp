#include "units.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "format.hpp"

namespace fitcalc {
namespace {

constexpr std::int64_t unit_bytes(Units units) {
    return (units == Units::gb ? GB : GiB).count();
}

constexpr std::uint64_t magnitude(std::int64_t number) {
    const auto bits = static_cast<std::uint64_t>(number);
    return number < 0 ? std::uint64_t{0} - bits : bits;
}

constexpr std::uint64_t power_of_ten(int exponent) {
    std::uint64_t power = 1;
    for (int i = 0; i < exponent; ++i) power *= 10;
    return power;
}

// `number` in units of `unit` ÷ 10^decimals, rounded half up.
std::uint64_t rounded(std::uint64_t number, std::uint64_t unit, int decimals) {
    const std::uint64_t scale = power_of_ten(decimals);
    return number / unit * scale + (number % unit * scale + unit / 2) / unit;
}

std::string decimal(std::uint64_t scaled, int decimals) {
    const std::uint64_t scale = power_of_ten(decimals);
    std::string text = grouped(static_cast<std::int64_t>(scaled / scale));
    if (decimals > 0) text += formatted(".{:0{}}", scaled % scale, decimals);
    return text;
}

}  // namespace

std::string_view name_of(Units units) {
    return units == Units::gb ? "GB" : "GiB";
}

std::string size_number(Bytes bytes, Units units) {
    const std::uint64_t size = magnitude(bytes.count());
    const auto unit = static_cast<std::uint64_t>(unit_bytes(units));
    const std::string sign = bytes < Bytes{} ? "-" : "";
    if (size == 0) return "0";
    const std::uint64_t hundredths = rounded(size, unit, 2);
    if (hundredths == 0) return sign.empty() ? "<0.01" : ">-0.01";
    if (hundredths < 1'000) return sign + decimal(hundredths, 2);
    const std::uint64_t tenths = rounded(size, unit, 1);
    if (tenths < 10'000) return sign + decimal(tenths, 1);
    return sign + decimal(rounded(size, unit, 0), 0);
}

std::string size_number(Bytes bytes, Units units, int decimals) {
    const std::string text =
        decimal(rounded(magnitude(bytes.count()), static_cast<std::uint64_t>(unit_bytes(units)), decimals), decimals);
    return bytes < Bytes{} ? "-" + text : text;
}

std::string size(Bytes bytes, Units units) {
    return formatted("{} {}", size_number(bytes, units), name_of(units));
}

std::string tokens(Tokens count) {
    return grouped(count.count());
}

std::string tokens_short(Tokens count) {
    constexpr std::int64_t kilo = 1024, mega = kilo * kilo;
    const std::int64_t n = count.count();
    if (n >= mega && n % mega == 0) return std::to_string(n / mega) + "M";
    if (n >= kilo && n % kilo == 0) return std::to_string(n / kilo) + "K";
    return grouped(n);
}

std::string parameters(Params count) {
    struct Scale {
        std::uint64_t unit;
        const char* suffix;
    };
    static constexpr std::array<Scale, 4> scales{
        {{1'000'000'000'000, "T"}, {1'000'000'000, "B"}, {1'000'000, "M"}, {1'000, "K"}}};
    const std::uint64_t n = magnitude(count.count());
    const auto scale = std::ranges::find_if(scales, [&](const Scale& s) { return n >= s.unit; });
    if (scale == scales.end()) return std::to_string(n);
    int decimals = 2;
    while (decimals > 0 && rounded(n, scale->unit, decimals) >= 1'000) --decimals;
    std::string text = decimal(rounded(n, scale->unit, decimals), decimals);
    if (decimals > 0) text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
    return text + scale->suffix;
}

std::string rate_number(double value) {
    const double size = std::abs(value);
    if (size >= 99.5) return grouped(std::llround(value));
    return fixed(value, size < 9.95 ? 2 : 1);
}

std::string duration(double seconds) {
    constexpr double minute = 60, hour = 3600;
    if (seconds < 9.95) return fixed(seconds, 1) + " s";
    if (seconds < 2 * minute) return fixed(seconds, 0) + " s";
    if (seconds < 2 * hour) return fixed(seconds / minute, 0) + " min";
    return fixed(seconds / hour, 1) + " h";
}

std::string fixed(double value, int decimals) {
    return formatted("{:.{}f}", value, decimals);
}

std::string percent_number(double percent) {
    if (percent < 100.0) return fixed(std::min(percent, 99.9), 1);
    return fixed(percent, 1);
}

std::string counted(std::int64_t count, std::string_view noun) {
    return formatted("{} {}{}", grouped(count), noun, count == 1 ? "" : "s");
}

}  // namespace fitcalc
