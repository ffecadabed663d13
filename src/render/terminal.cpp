#include "terminal.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace fitcalc {
namespace {

// The first code point of `text` and its length in bytes; a broken sequence counts as one byte.
std::pair<char32_t, std::size_t> first_code_point(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(0);
    if (lead < 0x80) return {lead, 1};
    const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
    if (length == 1 || text.size() < length) return {lead, 1};
    char32_t point = lead & (0xffU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xc0U) != 0x80U) return {lead, 1};
        point = (point << 6) | (byte(i) & 0x3fU);
    }
    return {point, length};
}

struct Range {
    char32_t first, last;
    constexpr bool holds(char32_t point) const { return point >= first && point <= last; }
};

// Combining marks, joiners, variation selectors.
constexpr std::array<Range, 4> zero_width{{{0x300, 0x36f}, {0x200b, 0x200f}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}}};
// East Asian wide characters and pictographs.
constexpr std::array<Range, 8> double_width{{{0x1100, 0x115f},
                                             {0x2e80, 0xa4cf},
                                             {0xac00, 0xd7a3},
                                             {0xf900, 0xfaff},
                                             {0xfe30, 0xfe6f},
                                             {0xff00, 0xff60},
                                             {0x1f300, 0x1faff},
                                             {0x20000, 0x3fffd}}};

std::size_t columns_of(char32_t point) {
    if (point < zero_width.front().first) return 1;
    const auto holds = [&](const Range& range) { return range.holds(point); };
    if (std::ranges::any_of(zero_width, holds)) return 0;
    return std::ranges::any_of(double_width, holds) ? 2 : 1;
}

struct Fallback {
    std::string_view sign, ascii;
};
constexpr std::array<Fallback, 17> fallbacks{{{"·", "|"},
                                              {"±", "+/-"},
                                              {"×", "x"},
                                              {"÷", "/"},
                                              {"−", "-"},
                                              {"–", "-"},
                                              {"—", "-"},
                                              {"…", "..."},
                                              {"→", "->"},
                                              {"≤", "<="},
                                              {"≥", ">="},
                                              {"─", "-"},
                                              {"★", "*"},
                                              {"✓", "+"},
                                              {"✗", "x"},
                                              {"›", ">"},
                                              {"◐", "~"}}};

std::string repeated(std::string_view sign, std::size_t times) {
    std::string text;
    for (std::size_t i = 0; i < times; ++i) text += sign;
    return text;
}

}  // namespace

std::size_t display_width(std::string_view text) {
    std::size_t columns = 0;
    while (!text.empty()) {
        const auto [point, length] = first_code_point(text);
        columns += columns_of(point);
        text.remove_prefix(length);
    }
    return columns;
}

std::string_view fitting_prefix(std::string_view text, std::size_t width) {
    std::size_t at = 0, columns = 0;
    while (at < text.size()) {
        const auto [point, length] = first_code_point(text.substr(at));
        columns += columns_of(point);
        if (columns > width) break;
        at += length;
    }
    return text.substr(0, at);
}

std::vector<std::string> folded(std::string_view text, std::size_t width) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        const std::string_view word = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (word.empty()) continue;
        if (!lines.empty() && display_width(lines.back()) + 1 + display_width(word) <= width)
            (lines.back() += ' ') += word;
        else
            lines.emplace_back(word);
    }
    return lines;
}

Terminal::Terminal(const OutputOptions& options)
    : color{options.color}, unicode{options.unicode}, width{static_cast<std::size_t>(std::max(options.width, 20))} {}

Terminal Terminal::document() {
    OutputOptions options;
    options.unicode = true;
    options.width = 10'000;
    return Terminal{options};
}

Terminal Terminal::web_page() {
    Terminal page = document();
    page.html = true;
    return page;
}

std::string Terminal::text(std::string_view unicode_text) const {
    if (unicode) return std::string(unicode_text);
    std::string ascii;
    ascii.reserve(unicode_text.size());
    while (!unicode_text.empty()) {
        const auto sign_at = std::ranges::find_if(unicode_text, [](char c) { return (c & 0x80) != 0; });
        ascii.append(unicode_text.begin(), sign_at);
        unicode_text.remove_prefix(static_cast<std::size_t>(sign_at - unicode_text.begin()));
        if (unicode_text.empty()) break;
        const std::size_t length = first_code_point(unicode_text).second;
        const std::string_view sign = unicode_text.substr(0, length);
        const auto known = std::ranges::find(fallbacks, sign, &Fallback::sign);
        ascii += known == fallbacks.end() ? sign : known->ascii;
        unicode_text.remove_prefix(length);
    }
    return ascii;
}

std::string Terminal::paint(Style style, std::string_view text) const {
    if (!color || style == Style::plain || text.empty()) return std::string(text);
    constexpr std::array<std::string_view, 6> codes{"", "1", "2", "32", "33", "31"};  // in the order of Style
    std::string painted = "\x1b[";
    painted += codes[static_cast<std::size_t>(style)];
    painted += 'm';
    painted += text;
    painted += "\x1b[0m";
    return painted;
}

std::string Terminal::bar(double part, double whole, std::size_t bar_width) const {
    if (part <= 0 || whole <= 0) return {};
    // Unicode has blocks of an eighth of a column.
    constexpr std::array<std::string_view, 8> eighths{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    const std::size_t steps = unicode ? eighths.size() : 1;
    const auto exact = part / whole * static_cast<double>(bar_width * steps);
    const auto length = std::max<std::size_t>(1, static_cast<std::size_t>(std::lround(exact)));
    return repeated(unicode ? "█" : "#", length / steps) + std::string(eighths[length % steps]);
}

}  // namespace fitcalc
