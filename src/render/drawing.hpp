// Drawings as SVG: what pages and pictures are made of. Coordinates are pixels at a drawing's own width.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fitcalc/quantity.hpp"
#include "output.hpp"
#include "table.hpp"

namespace fitcalc {

struct Drawing {
    std::string title, description;  // said to those who cannot see it
    double width = 0, height = 0;
    std::string body;  // elements
};

enum class Anchor { start, middle, end };

class Pen {
public:
    void text(double x, double y, std::string_view text, std::string_view classes = "", Anchor anchor = Anchor::start);
    void rect(double x, double y, double width, double height, std::string_view classes, double radius = 0);
    void line(double x1, double y1, double x2, double y2, std::string_view classes);
    void path(std::string_view d, std::string_view classes);
    // The n-th of six shapes, around a point.
    void marker(std::size_t n, double x, double y, std::string_view classes);

    std::string take() { return std::move(out_); }

private:
    std::string out_;
};

std::string number(double value);  // a coordinate: one decimal at most

// Pixels that text takes, nearly.
double text_width(std::string_view text);

// Text below each other, so many pixels wide; returns where the next line would stand.
double draw_lines(Pen& pen, double x, double y, double width, std::string_view text, std::string_view classes);

// A part of a bar, and the class that colours it.
struct Segment {
    std::string_view name, color;
    Bytes bytes;
};

inline constexpr double bar_height = 26;

// Parts of a whole, side by side; what is left of the whole is shown as free. A part that is not zero is never invisible.
void draw_bar(Pen& pen, double x, double y, double width, const std::vector<Segment>& segments, Bytes whole);

// What a colour stands for.
struct LegendEntry {
    std::string color, label;
};

// "■ RAM: layers 0–3   ■ RTX 4090 4–31", on as many lines as it takes; returns where the next one would stand.
double draw_legend(Pen& pen, double y, double width, const std::vector<LegendEntry>& entries);
// "■ weights 19.4 GB   ■ cache 2.15 GB" of the parts that there are. Without `units` the names alone.
double draw_legend(Pen& pen, double y, double width, const std::vector<Segment>& segments, const Units* units);

// A table with its cells in the colours of their styles.
Drawing table_drawing(const Table& table, std::string title, double least_width);

// `id`: of the title and description, unique on its page.
std::string svg_element(const Drawing& drawing, std::string_view classes, std::string_view id);

// One under the other below a title, as a file of its own.
std::string svg_file(const std::string& title, const std::string& subtitle, const std::vector<Drawing>& drawings);

}  // namespace fitcalc
