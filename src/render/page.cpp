#include "page.hpp"

#include <algorithm>

namespace fitcalc {
namespace {

// `first`: columns of the first line; `width`: of those after it.
std::vector<std::string> wrapped(const std::vector<std::string>& items, std::string_view separator, std::size_t first,
                                 std::size_t width) {
    const std::string_view at_end = separator.substr(0, separator.find(' '));  // the comma of ", "
    std::vector<std::string> lines;
    for (const auto& item : items) {
        const std::size_t room = lines.size() == 1 ? first : width;
        if (!lines.empty() && display_width(lines.back()) + display_width(separator) + display_width(item) + at_end.size() <= room) {
            (lines.back() += separator) += item;
        } else {
            if (!lines.empty()) lines.back() += at_end;
            lines.push_back(item);
        }
    }
    return lines;
}

// Below a lead that is longer than this, text is not indented to the lead's end but by two columns.
constexpr std::size_t widest_margin = 10;

std::size_t margin_below(std::size_t lead_width) { return lead_width > widest_margin ? 2 : lead_width; }

// Columns beside a lead or a margin; never so few that nothing stands there.
std::size_t beside(std::size_t taken, std::size_t width) { return width > taken + 10 ? width - taken : 10; }

// The lead, then the lines, each after the first indented.
void append(std::string& out, const Terminal& terminal, const Cell& lead, const std::vector<std::string>& lines,
            Style style) {
    const std::string margin(margin_below(display_width(lead.text)), ' ');
    for (const auto& line : lines) {
        out += &line == &lines.front() ? terminal.paint(lead.style, lead.text) : margin;
        out += terminal.paint(style, line);
        out += '\n';
    }
}

}  // namespace

void Page::heading(std::string_view text) {
    append(out_, terminal_, {}, folded(terminal_.text(text), terminal_.width), Style::strong);
}

void Page::led_paragraph(const Cell& lead, std::string_view text, Style style) {
    const Cell shown{terminal_.text(lead.text), lead.style};
    const std::size_t width = beside(display_width(shown.text), std::min(terminal_.width, widest_paragraph));
    append(out_, terminal_, shown, folded(terminal_.text(text), width), style);
}

void Page::line(const Cell& lead, std::string_view text) {
    append(out_, terminal_, {terminal_.text(lead.text), lead.style}, {terminal_.text(text)}, Style::plain);
}

void Page::items(const std::vector<std::string>& items, std::string_view separator, const Cell& before) {
    const Cell shown{terminal_.text(before.text), before.style};
    std::vector<std::string> texts;
    texts.reserve(items.size());
    for (const auto& item : items) texts.push_back(terminal_.text(item));
    const std::size_t lead = display_width(shown.text);
    const auto lines = wrapped(texts, terminal_.text(separator), beside(lead, terminal_.width),
                               beside(margin_below(lead), terminal_.width));
    append(out_, terminal_, shown, lines, Style::plain);
}

}  // namespace fitcalc
