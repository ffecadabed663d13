#include "table.hpp"

#include <algorithm>

#include "format.hpp"

namespace fitcalc {
namespace {

constexpr std::size_t gap = 2;

// A bar within a cell would end it.
std::string markdown_cell(std::string text) {
    for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2) text.insert(at, 1, '\\');
    return text;
}

// Columns that the text takes from its decimal point on.
std::size_t fraction_width(std::string_view text) {
    const auto point = text.find('.');
    return point == std::string_view::npos ? 0 : display_width(text.substr(point));
}

// A column as it is set.
struct Layout {
    Column column;
    std::size_t source;              // its place among all columns
    std::vector<std::string> texts;  // title first
    std::size_t width;

    void measure() {
        width = 0;
        for (const auto& text : texts) width = std::max(width, display_width(text));
    }

    void align_points() {
        std::size_t widest = 0;
        for (std::size_t i = 1; i < texts.size(); ++i) widest = std::max(widest, fraction_width(texts[i]));
        for (std::size_t i = 1; i < texts.size(); ++i)
            if (!texts[i].empty()) texts[i].append(widest - fraction_width(texts[i]), ' ');
    }

    void cut(std::size_t to, std::string_view ellipsis) {
        for (auto& text : texts)
            if (display_width(text) > to) {
                text = fitting_prefix(text, to - display_width(ellipsis));
                text += ellipsis;
            }
        measure();
    }
};

std::size_t total_width(const std::vector<Layout>& layouts, std::size_t indent) {
    std::size_t total = indent + gap * (layouts.size() - 1);
    for (const auto& layout : layouts) total += layout.width;
    return total;
}

void squeeze(std::vector<Layout>& layouts, std::size_t indent, const Terminal& terminal) {
    const std::string ellipsis = terminal.text("…");
    for (;;) {
        const std::size_t total = total_width(layouts, indent);
        if (total <= terminal.width) return;
        const std::size_t over = total - terminal.width;
        const auto cuttable = std::ranges::find_if(
            layouts, [&](const Layout& l) { return l.column.cut_to > 0 && l.width >= l.column.cut_to + over; });
        if (cuttable != layouts.end()) return cuttable->cut(cuttable->width - over, ellipsis);
        const auto lost = std::ranges::max_element(layouts, {}, [](const Layout& l) { return l.column.expendable; });
        if (lost->column.expendable == 0) return;
        layouts.erase(lost);
    }
}

std::string padded(const std::string& text, const Layout& layout, Style style, const Terminal& terminal) {
    const std::string space(layout.width - display_width(text), ' ');
    const std::string painted = terminal.paint(style, text);
    return layout.column.align == Align::left ? painted + space : space + painted;
}

void end_line(std::string& text) {
    text.erase(text.find_last_not_of(' ') + 1);
    text += '\n';
}

}  // namespace

void Table::row(std::vector<Cell> cells) {
    cells.resize(columns_.size());
    rows_.push_back({std::move(cells), 0});
}

void Table::rule(std::size_t columns) {
    rows_.push_back({std::vector<Cell>(columns_.size()), columns});
}

std::string Table::text(const Terminal& terminal) const {
    std::vector<Layout> layouts;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
        Layout layout{columns_[c], c, {terminal.text(columns_[c].title)}, 0};
        for (const Row& row : rows_) layout.texts.push_back(terminal.text(row.cells[c].text));
        if (layout.column.align == Align::decimal) layout.align_points();
        layout.measure();
        layouts.push_back(std::move(layout));
    }
    squeeze(layouts, indent_, terminal);

    const std::string indent(indent_, ' ');
    std::string out;
    const auto line = [&](std::size_t text_index, const auto& style_of) {
        out += indent;
        for (const Layout& layout : layouts) {
            if (&layout != &layouts.front()) out.append(gap, ' ');
            out += padded(layout.texts[text_index], layout, style_of(layout), terminal);
        }
        end_line(out);
    };
    if (std::ranges::any_of(columns_, [](const Column& column) { return !column.title.empty(); }))
        line(0, [](const Layout&) { return Style::faint; });
    for (std::size_t r = 0; r < rows_.size(); ++r) {
        if (rows_[r].rule == 0) {
            line(r + 1, [&](const Layout& layout) { return rows_[r].cells[layout.source].style; });
            continue;
        }
        std::size_t width = gap * (rows_[r].rule - 1);
        for (std::size_t c = 0; c < std::min(rows_[r].rule, layouts.size()); ++c) width += layouts[c].width;
        std::string rule;
        for (std::size_t i = 0; i < width; ++i) rule += terminal.text("─");
        out += indent + terminal.paint(Style::faint, rule);
        out += '\n';
    }
    return out;
}

std::string Table::markdown(const Terminal& terminal) const {
    std::string out = "|", alignment = "|";
    for (const Column& column : columns_) {
        out += formatted(" {} |", markdown_cell(terminal.text(column.title)));
        alignment += column.align == Align::left ? "---|" : "---:|";
    }
    (out += '\n') += alignment + '\n';
    for (const Row& row : rows_) {
        if (row.rule > 0) continue;
        out += '|';
        for (const Cell& cell : row.cells) out += formatted(" {} |", markdown_cell(terminal.text(cell.text)));
        out += '\n';
    }
    return out;
}

}  // namespace fitcalc
