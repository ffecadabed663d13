#include "page.hpp"

#include <algorithm>

namespace fitcalc {
namespace {

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    while (!text.empty()) {
        const auto end = std::min(text.find(' '), text.size());
        if (end > 0) words.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return words;
}

std::vector<std::string> wrapped(const std::vector<std::string>& items, std::string_view separator, std::size_t width) {
    std::vector<std::string> lines;
    for (const auto& item : items) {
        const bool fits =
            !lines.empty() && display_width(lines.back()) + display_width(separator) + display_width(item) <= width;
        if (fits)
            (lines.back() += separator) += item;
        else
            lines.push_back(item);
    }
    return lines;
}

// Below a lead that is longer than this, text is not indented to the lead's end but by two columns.
constexpr std::size_t widest_margin = 10;

// The lead, then the lines, each after the first indented.
void append(std::string& out, const Terminal& terminal, const Cell& lead, const std::vector<std::string>& lines,
            Style style) {
    const std::size_t lead_width = display_width(lead.text);
    const std::string margin(lead_width > widest_margin ? 2 : lead_width, ' ');
    for (const auto& line : lines) {
        out += &line == &lines.front() ? terminal.paint(lead.style, lead.text) : margin;
        out += terminal.paint(style, line);
        out += '\n';
    }
}

}  // namespace

std::vector<std::string> wrapped_words(std::string_view text, std::size_t width) { return wrapped(words_of(text), " ", width); }

void Page::heading(std::string_view text) {
    out_ += terminal_.paint(Style::strong, terminal_.text(text));
    out_ += '\n';
}

void Page::led_paragraph(const Cell& lead, std::string_view text, Style style) {
    const Cell shown{terminal_.text(lead.text), lead.style};
    const std::size_t width = std::min(terminal_.width, widest_paragraph) - display_width(shown.text);
    append(out_, terminal_, shown, wrapped_words(terminal_.text(text), width), style);
}

void Page::line(const Cell& lead, std::string_view text) {
    append(out_, terminal_, {terminal_.text(lead.text), lead.style}, {terminal_.text(text)}, Style::plain);
}

void Page::items(const std::vector<std::string>& items, std::string_view separator, const Cell& lead) {
    const Cell shown{terminal_.text(lead.text), lead.style};
    std::vector<std::string> texts;
    texts.reserve(items.size());
    for (const auto& item : items) texts.push_back(terminal_.text(item));
    const auto lines = wrapped(texts, terminal_.text(separator), terminal_.width - display_width(shown.text));
    append(out_, terminal_, shown, lines, Style::plain);
}

}  // namespace fitcalc
