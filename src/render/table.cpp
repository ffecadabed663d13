#include "table.hpp"

#include <algorithm>

#include "format.hpp"
#include "markup.hpp"

namespace fitcalc {
namespace {

constexpr std::size_t gap = 2;

// Columns that the text takes from its decimal point on.
std::size_t fraction_width(std::string_view text) {
    const auto point = text.find('.');
    return point == std::string_view::npos ? 0 : display_width(text.substr(point));
}

// What text may be cut to when nothing else is left to do.
constexpr std::size_t least_legible = 8;

using Lines = std::vector<std::string>;

std::size_t widest(const Lines& lines) {
    std::size_t width = 0;
    for (const auto& line : lines) width = std::max(width, display_width(line));
    return width;
}

// A column as it is set.
struct Layout {
    Column column;
    std::size_t source;        // its place among all columns
    std::vector<Lines> cells;  // title first
    std::size_t width;

    void measure() {
        width = 0;
        for (const Lines& lines : cells) width = std::max(width, widest(lines));
    }

    void align_points() {
        std::size_t fraction = 0;
        for (std::size_t i = 1; i < cells.size(); ++i) fraction = std::max(fraction, fraction_width(cells[i].front()));
        for (std::size_t i = 1; i < cells.size(); ++i)
            if (std::string& text = cells[i].front(); !text.empty()) text.append(fraction - fraction_width(text), ' ');
    }

    // A title of several words on as many lines, as far as that makes the column narrower.
    void stack_title() {
        std::size_t least = 0;
        for (std::size_t i = 1; i < cells.size(); ++i) least = std::max(least, widest(cells[i]));
        if (Lines lines = folded(cells.front().front(), least); lines.size() > 1) cells.front() = std::move(lines);
        measure();
    }

    void fold(std::size_t to) {
        for (Lines& lines : cells)
            if (widest(lines) > to) lines = folded(lines.front(), to);
        measure();
    }

    void cut(std::size_t to, std::string_view ellipsis) {
        for (Lines& lines : cells)
            for (auto& text : lines)
                if (display_width(text) > to) {
                    text = fitting_prefix(text, to - display_width(ellipsis));
                    text += ellipsis;
                }
        measure();
    }
};

using Layouts = std::vector<Layout>;

std::size_t total_width(const Layouts& layouts, std::size_t indent) {
    std::size_t total = indent + gap * (layouts.size() - 1);
    for (const auto& layout : layouts) total += layout.width;
    return total;
}

// Makes what is too wide narrower: folds, then cuts, then loses columns.
Layouts squeezed(Layouts layouts, std::size_t indent, const Terminal& terminal) {
    const std::string ellipsis = terminal.text("…");
    for (bool desperate = false;;) {
        const std::size_t total = total_width(layouts, indent);
        if (total <= terminal.width) return layouts;
        const std::size_t over = total - terminal.width;
        const auto foldable = std::ranges::find_if(
            layouts, [](const Layout& l) { return l.column.fold_to > 0 && l.width > l.column.fold_to; });
        if (foldable != layouts.end()) {
            const std::size_t enough = foldable->width > over ? foldable->width - over : 0;
            foldable->fold(std::max(foldable->column.fold_to, enough));
            foldable->column.fold_to = 0;  // once is all that can be had
            continue;
        }
        const auto cuttable = std::ranges::find_if(layouts, [&](const Layout& l) {
            return l.column.cut_to > 0 && l.width >= (desperate ? least_legible : l.column.cut_to) + over;
        });
        if (cuttable != layouts.end()) {
            cuttable->cut(cuttable->width - over, ellipsis);
            return layouts;
        }
        if (desperate) return layouts;
        const auto lost = std::ranges::max_element(layouts, {}, [](const Layout& l) { return l.column.expendable; });
        if (lost->column.expendable == 0)
            desperate = true;
        else
            layouts.erase(lost);
    }
}

// As it fits the terminal. Titles are stacked where that saves a column, or the whole.
Layouts fitted(Layouts layouts, std::size_t indent, const Terminal& terminal) {
    Layouts stacked = layouts;
    Layouts plain = squeezed(std::move(layouts), indent, terminal);
    const bool over = total_width(plain, indent) > terminal.width;
    if (!over && plain.size() == stacked.size()) return plain;
    for (Layout& layout : stacked) layout.stack_title();
    stacked = squeezed(std::move(stacked), indent, terminal);
    const bool better = stacked.size() > plain.size() || (over && total_width(stacked, indent) < total_width(plain, indent));
    return better ? stacked : plain;
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

std::vector<std::vector<Cell>> Table::rows() const {
    std::vector<std::vector<Cell>> rows;
    for (const Row& row : rows_)
        if (row.rule == 0) rows.push_back(row.cells);
    return rows;
}

std::string Table::text(const Terminal& terminal) const {
    Layouts layouts;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
        Layout layout{columns_[c], c, {{terminal.text(columns_[c].title)}}, 0};
        for (const Row& row : rows_) layout.cells.push_back({terminal.text(row.cells[c].text)});
        if (layout.column.align == Align::decimal) layout.align_points();
        layout.measure();
        layouts.push_back(std::move(layout));
    }
    layouts = fitted(std::move(layouts), indent_, terminal);

    const std::string indent(indent_, ' ');
    std::string out;
    // Short titles stand on the last of several lines, other short cells on the first.
    const auto lines = [&](std::size_t row, bool title, const auto& style_of) {
        std::size_t height = 1;
        for (const Layout& layout : layouts) height = std::max(height, layout.cells[row].size());
        for (std::size_t line = 0; line < height; ++line) {
            out += indent;
            for (const Layout& layout : layouts) {
                const Lines& cell = layout.cells[row];
                const std::size_t above = title ? height - cell.size() : 0;
                const bool there = line >= above && line - above < cell.size();
                if (&layout != &layouts.front()) out.append(gap, ' ');
                out += padded(there ? cell[line - above] : "", layout, style_of(layout), terminal);
            }
            end_line(out);
        }
    };
    if (std::ranges::any_of(columns_, [](const Column& column) { return !column.title.empty(); }))
        lines(0, true, [](const Layout&) { return Style::faint; });
    for (std::size_t r = 0; r < rows_.size(); ++r) {
        if (rows_[r].rule == 0) {
            lines(r + 1, false, [&](const Layout& layout) { return rows_[r].cells[layout.source].style; });
            continue;
        }
        std::size_t width = 0;
        for (const Layout& layout : layouts)  // what is left of the columns that it is under
            if (layout.source < rows_[r].rule) width += (&layout == &layouts.front() ? 0 : gap) + layout.width;
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

std::string Table::html() const {
    const auto classes = [](const Column& column, std::string_view style) {
        std::string names = column.align == Align::left ? "" : "n";
        if (!style.empty()) (names += names.empty() ? "" : " ") += style;
        return names.empty() ? names : formatted(" class=\"{}\"", names);
    };
    std::string out = "<div class=\"scroll\" tabindex=\"0\"><table>\n";
    if (std::ranges::any_of(columns_, [](const Column& column) { return !column.title.empty(); })) {
        out += "<thead><tr>";
        for (const Column& column : columns_)
            out += column.title.empty() ? "<td></td>"
                                        : formatted("<th scope=\"col\"{}>{}</th>", classes(column, ""), escaped(column.title));
        out += "</tr></thead>\n";
    }
    out += "<tbody>\n";
    bool ruled = false;
    for (const Row& row : rows_) {
        if (row.rule > 0) {
            ruled = true;
            continue;
        }
        out += ruled ? "<tr class=\"ruled\">" : "<tr>";
        ruled = false;
        // The first cell that says something names the row.
        bool named = false;
        for (std::size_t c = 0; c < columns_.size(); ++c) {
            const Cell& cell = row.cells[c];
            const bool names = !named && columns_[c].align == Align::left && !cell.text.empty();
            named = named || names;
            const std::string attributes = classes(columns_[c], class_of(cell.style));
            out += names ? formatted("<th scope=\"row\"{}>{}</th>", attributes, escaped(cell.text))
                         : formatted("<td{}>{}</td>", attributes, escaped(cell.text));
        }
        out += "</tr>\n";
    }
    return out + "</tbody></table></div>\n";
}

}  // namespace fitcalc
