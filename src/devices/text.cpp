#include "text.hpp"

#include <algorithm>
#include <charconv>

#include "fitcalc/text.hpp"

namespace fitcalc {
namespace {

constexpr std::size_t longest_text = 200;

bool space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\0'; }

template <int base>
std::optional<std::int64_t> number(std::string_view text) {
    text = trimmed(text);
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (text.empty() || text.front() == '-' || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

}  // namespace

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && space(text.front())) text.remove_prefix(1);
    while (!text.empty() && space(text.back())) text.remove_suffix(1);
    return text;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (true) {
        const std::size_t end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

std::vector<std::string_view> lines_of(std::string_view text) {
    auto lines = split(text, '\n');
    if (lines.back().empty()) lines.pop_back();
    return lines;
}

std::string clean(std::string_view text) {
    text = trimmed(text);
    std::string out;
    while (!text.empty() && out.size() < longest_text) {
        const std::size_t length = character_length(text);
        if (length == 0)
            out += '?';
        else if (!is_control(text.substr(0, length)))
            out += text.substr(0, length);
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return std::string(trimmed(out));  // spaces may have stood beside what is left out
}

std::optional<std::int64_t> whole_number(std::string_view text) { return number<10>(text); }

std::optional<std::int64_t> hex_number(std::string_view text) {
    text = trimmed(text);
    if (text.starts_with("0x") || text.starts_with("0X")) text.remove_prefix(2);
    return number<16>(text);
}

std::optional<std::int64_t> thousandths(std::string_view text) {
    text = trimmed(text);
    const std::size_t point = std::min(text.find('.'), text.size());
    const auto whole = whole_number(text.substr(0, point));
    if (!whole || *whole > 1'000'000'000) return std::nullopt;
    std::string digits{text.substr(std::min(point + 1, text.size()))};
    if (digits.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
    digits.resize(3, '0');
    return *whole * 1000 + *whole_number(digits);
}

std::optional<Bytes> believable(std::int64_t count, Bytes unit) {
    if (count < 0 || count > largest_believable / unit) return std::nullopt;
    return unit * count;
}

std::optional<Bytes> size_in(std::string_view text, Bytes unit) {
    const auto count = whole_number(text);
    return count ? believable(*count, unit) : std::nullopt;
}

std::optional<std::string_view> value_after(std::string_view text, std::string_view key) {
    for (std::string_view line : lines_of(text)) {
        if (!line.starts_with(key)) continue;
        line.remove_prefix(key.size());
        const std::size_t value = line.find_first_not_of(" \t:=");
        if (value == 0) continue;  // a longer key
        return trimmed(value == std::string_view::npos ? std::string_view{} : line.substr(value));
    }
    return std::nullopt;
}

}  // namespace fitcalc
