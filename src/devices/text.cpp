#include "text.hpp"

#include <algorithm>
#include <charconv>

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

// Bytes of the UTF-8 character that the text begins with; 0 when it is none.
std::size_t character_length(std::string_view text) {
    const auto first = static_cast<unsigned char>(text.front());
    if (first < 0x80) return 1;
    const std::size_t length = first >= 0xF0 && first < 0xF5 ? 4 : first >= 0xE0 && first < 0xF0 ? 3 : first >= 0xC2 && first < 0xE0 ? 2 : 0;
    if (length == 0 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) return 0;
    const auto second = static_cast<unsigned char>(text[1]);
    const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
    const bool beyond = (first == 0xED && second > 0x9F) || (first == 0xF4 && second > 0x8F);
    return overlong || beyond ? 0 : length;
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
        const auto first = static_cast<unsigned char>(text.front());
        // C1 control characters are as little text as C0's.
        const bool control = first < 0x20 || first == 0x7F || (first == 0xC2 && length == 2 && static_cast<unsigned char>(text[1]) < 0xA0);
        if (length == 0)
            out += '?';
        else if (!control)
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
