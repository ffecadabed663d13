#include "drawing.hpp"

#include <algorithm>
#include <array>

#include "format.hpp"
#include "markup.hpp"
#include "units.hpp"

namespace fitcalc {
namespace {

constexpr double row_height = 24, legend_height = 20, swatch = 12, margin = 24, line_height = 17;
constexpr double width_of_letter = 7.6;  // at the size of a drawing's text, in a wide face

std::string attribute(std::string_view name, std::string_view value) {
    return value.empty() ? "" : formatted(" {}=\"{}\"", name, value);
}

}  // namespace

std::string number(double value) {
    std::string text = fixed(value, 1);
    if (text.ends_with(".0")) text.resize(text.size() - 2);
    return text == "-0" ? "0" : text;
}

double text_width(std::string_view text) { return width_of_letter * static_cast<double>(display_width(text)); }

double draw_lines(Pen& pen, double x, double y, double width, std::string_view text, std::string_view classes) {
    for (const std::string& line : folded(text, static_cast<std::size_t>(width / width_of_letter))) {
        pen.text(x, y, line, classes);
        y += line_height;
    }
    return y;
}

void Pen::text(double x, double y, std::string_view text, std::string_view classes, Anchor anchor) {
    constexpr std::array<std::string_view, 3> anchors{"", "middle", "end"};
    out_ += formatted("<text x=\"{}\" y=\"{}\"{}{}>{}</text>\n", number(x), number(y), attribute("class", classes),
                      attribute("text-anchor", anchors[static_cast<std::size_t>(anchor)]), escaped(text));
}

void Pen::rect(double x, double y, double width, double height, std::string_view classes, double radius) {
    out_ += formatted("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"{}{}/>\n", number(x), number(y), number(width),
                      number(height), radius > 0 ? attribute("rx", number(radius)) : "", attribute("class", classes));
}

void Pen::line(double x1, double y1, double x2, double y2, std::string_view classes) {
    out_ += formatted("<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"{}/>\n", number(x1), number(y1), number(x2), number(y2),
                      attribute("class", classes));
}

void Pen::path(std::string_view d, std::string_view classes) {
    out_ += formatted("<path d=\"{}\"{}/>\n", d, attribute("class", classes));
}

void Pen::marker(std::size_t n, double x, double y, std::string_view classes) {
    // Corners in units of the marker's size; the first shape is a circle.
    using Corners = std::vector<std::pair<double, double>>;
    static const std::array<Corners, 5> shapes{{{{0, -1.2}, {1.1, 0.9}, {-1.1, 0.9}},
                                                {{-1, -1}, {1, -1}, {1, 1}, {-1, 1}},
                                                {{0, -1.3}, {1.3, 0}, {0, 1.3}, {-1.3, 0}},
                                                {{0, 1.2}, {1.1, -0.9}, {-1.1, -0.9}},
                                                {{-0.6, -1.1}, {0.6, -1.1}, {1.2, 0}, {0.6, 1.1}, {-0.6, 1.1}, {-1.2, 0}}}};
    constexpr double size = 4.5;
    const std::size_t shape = n % (shapes.size() + 1);
    if (shape == 0) {
        out_ += formatted("<circle cx=\"{}\" cy=\"{}\" r=\"{}\"{}/>\n", number(x), number(y), number(size), attribute("class", classes));
        return;
    }
    std::string d;
    for (const auto& [dx, dy] : shapes[shape - 1])
        d += formatted("{}{},{}", d.empty() ? "M" : "L", number(x + size * dx), number(y + size * dy));
    path(d + "Z", classes);
}

void draw_bar(Pen& pen, double x, double y, double width, const std::vector<Segment>& segments, Bytes whole) {
    constexpr double least = 1.5;
    const double right = x + width;
    pen.rect(x, y, width, bar_height, "free", 4);
    for (const Segment& segment : segments) {
        if (segment.bytes <= Bytes{} || whole <= Bytes{}) continue;
        const double share = static_cast<double>(segment.bytes.count()) / static_cast<double>(whole.count());
        const double length = std::min(std::max(least, share * width), right - x);
        pen.rect(x, y, length, bar_height, segment.color);
        x += length;
    }
}

double draw_legend(Pen& pen, double y, double width, const std::vector<LegendEntry>& entries) {
    constexpr double beside = swatch + 6;
    double x = 0;
    for (const LegendEntry& entry : entries) {
        const double needed = beside + text_width(entry.label) + 14;
        if (x > 0 && x + needed > width) {
            x = 0;
            y += legend_height;
        }
        pen.rect(x, y, swatch, swatch, entry.color, 2);
        if (x == 0 && needed > width)
            y = draw_lines(pen, beside, y + swatch - 1, width - beside, entry.label, "") - (swatch - 1);
        else
            pen.text(x + beside, y + swatch - 1, entry.label);
        x += needed;
    }
    return y + legend_height;
}

double draw_legend(Pen& pen, double y, double width, const std::vector<Segment>& segments, const Units* units) {
    std::vector<LegendEntry> entries;
    for (const Segment& segment : segments)
        if (segment.bytes > Bytes{})
            entries.push_back({std::string(segment.color),
                               units ? formatted("{} {}", segment.name, size(segment.bytes, *units)) : std::string(segment.name)});
    return draw_legend(pen, y, width, entries);
}

Drawing table_drawing(const Table& table, std::string title, double least_width) {
    const auto& columns = table.columns();
    const auto rows = table.rows();
    std::vector<double> widths;
    for (std::size_t c = 0; c < columns.size(); ++c) {
        double widest = text_width(columns[c].title);
        for (const auto& cells : rows) widest = std::max(widest, text_width(cells[c].text));
        widths.push_back(widest + 18);
    }
    double total = 0;
    for (const double width : widths) total += width;
    // What is left over widens every column alike.
    const double extra = std::max(0.0, (least_width - total) / static_cast<double>(widths.size()));
    Pen pen;
    const auto row = [&](double y, const auto& cell_of) {
        double x = 0;
        for (std::size_t c = 0; c < columns.size(); ++c) {
            const Cell cell = cell_of(c);
            const double width = widths[c] + extra;
            const std::string_view style = class_of(cell.style);
            const bool filled = cell.style == Style::good || cell.style == Style::caution || cell.style == Style::bad;
            if (filled) pen.rect(x + 1, y, width - 2, row_height - 2, style, 3);
            if (!cell.text.empty()) {
                const bool left = columns[c].align == Align::left;
                pen.text(left ? x + 8 : x + width - 8, y + 16, cell.text, style, left ? Anchor::start : Anchor::end);
            }
            x += width;
        }
    };
    double y = 0;
    row(y, [&](std::size_t c) { return Cell{columns[c].title, Style::faint}; });
    y += row_height;
    for (const auto& cells : rows) {
        row(y, [&](std::size_t c) { return cells[c]; });
        y += row_height;
    }
    Drawing drawing{std::move(title), "", std::max(total, least_width), y, pen.take()};
    for (const Column& column : columns) (drawing.description += drawing.description.empty() ? "Columns: " : ", ") += column.title;
    return drawing;
}

std::string svg_element(const Drawing& drawing, std::string_view classes, std::string_view id) {
    return formatted("<svg class=\"{}\" viewBox=\"0 0 {} {}\" role=\"img\" aria-labelledby=\"{}-title {}-desc\">\n"
                     "<title id=\"{}-title\">{}</title>\n<desc id=\"{}-desc\">{}</desc>\n{}</svg>\n",
                     classes, number(drawing.width), number(drawing.height), id, id, id, escaped(drawing.title), id,
                     escaped(drawing.description), drawing.body);
}

std::string svg_file(const std::string& title, const std::string& subtitle, const std::vector<Drawing>& drawings) {
    double width = 0, y = margin + 20;
    for (const Drawing& drawing : drawings) width = std::max(width, drawing.width);
    Pen pen;
    pen.text(margin, y, title, "title");
    y = draw_lines(pen, margin, y + 22, width, subtitle, "faint") + 17;
    std::string body = pen.take(), description;
    for (const Drawing& drawing : drawings) {
        Pen heading;
        heading.text(margin, y, drawing.title, "strong");
        body += heading.take() + formatted("<g transform=\"translate({},{})\">\n{}</g>\n", number(margin), number(y + 14), drawing.body);
        description += (description.empty() ? "" : " ") + drawing.title + ". " + drawing.description;
        y += drawing.height + 48;
    }
    const std::string box = formatted("0 0 {} {}", number(width + 2 * margin), number(y));
    return formatted("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"drawing\" viewBox=\"{}\" width=\"{}\" height=\"{}\" role=\"img\" "
                     "aria-labelledby=\"title desc\">\n<title id=\"title\">{}</title>\n<desc id=\"desc\">{}</desc>\n<style>\n{}</style>\n"
                     "<rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n{}</svg>\n",
                     box, number(width + 2 * margin), number(y), escaped(title), escaped(description), style_of_drawings(), body);
}

}  // namespace fitcalc
