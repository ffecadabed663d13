#include "page.hpp"

#include <algorithm>

#include "markup.hpp"

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

void Page::blank() {
    if (!terminal_.html) out_ += '\n';
}

void Page::heading(std::string_view text) {
    if (terminal_.html) {
        out_ += element("h2", text);
        return;
    }
    append(out_, terminal_, {}, folded(terminal_.text(text), terminal_.width), Style::strong);
}

void Page::led_paragraph(const Cell& lead, std::string_view text, Style style) {
    if (terminal_.html) {
        const bool under = !lead.text.empty() && lead.text.find_first_not_of(' ') == std::string::npos;
        out_ += html_paragraph(under ? Cell{} : lead, escaped(text), under ? "under" : class_of(style));
        return;
    }
    const Cell shown{terminal_.text(lead.text), lead.style};
    const std::size_t width = beside(display_width(shown.text), std::min(terminal_.width, widest_paragraph));
    append(out_, terminal_, shown, folded(terminal_.text(text), width), style);
}

void Page::line(const Cell& lead, std::string_view text) {
    if (terminal_.html) {
        // Lines that follow each other are one block.
        static constexpr std::string_view open = "<pre><code>", close = "</code></pre>\n";
        if (out_.ends_with(close))
            out_.replace(out_.size() - close.size(), close.size(), "\n");
        else
            out_ += open;
        const bool indent = lead.text.find_first_not_of(' ') == std::string::npos;
        ((out_ += indent ? "" : escaped(lead.text)) += escaped(text)) += close;
        return;
    }
    append(out_, terminal_, {terminal_.text(lead.text), lead.style}, {terminal_.text(text)}, Style::plain);
}

void Page::items(const std::vector<std::string>& items, std::string_view separator, const Cell& before) {
    if (terminal_.html) {
        std::string text;
        // A browser would draw spaces together.
        const bool blank = separator.find_first_not_of(' ') == std::string_view::npos;
        for (const auto& item : items) text += (text.empty() ? "" : blank ? " · " : std::string(separator)) + item;
        out_ += html_paragraph(before, escaped(text), "");
        return;
    }
    const Cell shown{terminal_.text(before.text), before.style};
    std::vector<std::string> texts;
    texts.reserve(items.size());
    for (const auto& item : items) texts.push_back(terminal_.text(item));
    const std::size_t lead = display_width(shown.text);
    const auto lines = wrapped(texts, terminal_.text(separator), beside(lead, terminal_.width),
                               beside(margin_below(lead), terminal_.width));
    append(out_, terminal_, shown, lines, Style::plain);
}

void Page::verbatim(std::string_view line) { (out_ += line) += '\n'; }

void Page::table(const Table& table) { out_ += terminal_.html ? table.html() : table.text(terminal_); }

}  // namespace fitcalc
