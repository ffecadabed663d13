#include "plot_text.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "format.hpp"
#include "phrases.hpp"
#include "texts.hpp"
#include "units.hpp"

namespace fitcalc {
namespace {

constexpr std::size_t widest_plot = 100, narrowest_plot = 24, rows = 16;
constexpr std::size_t sign_every = 4;    // columns; between the signs of a series stand dots
constexpr std::size_t room_of_tick = 9;  // columns that the label of a context takes

struct Sign {
    std::string_view fits, beyond;
};
constexpr std::array<Sign, 6> unicode_signs{{{"●", "○"}, {"▲", "△"}, {"■", "□"}, {"◆", "◇"}, {"▼", "▽"}, {"★", "☆"}}};
constexpr std::array<std::string_view, 6> hues{"36", "35", "34", "33", "32", "31"};

Sign sign_of_series(std::size_t series, const Terminal& terminal) {
    static constexpr std::string_view capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", letters = "abcdefghijklmnopqrstuvwxyz";
    if (terminal.unicode && series < unicode_signs.size()) return unicode_signs[series];
    const std::size_t letter = series % capitals.size();
    return {capitals.substr(letter, 1), letters.substr(letter, 1)};
}

// One character of the picture.
struct Spot {
    std::string text = " ";
    std::size_t series = 0;
    enum { empty, guide, dot, sign } kind = empty;
};

class Canvas {
public:
    Canvas(const ContextPlot& plot, const Terminal& terminal, Units units) : plot_{plot}, terminal_{terminal} {
        for (const Tick& tick : plot.memory.ticks(rows / 3, units)) left_[row_of(tick.at)] = tick.label;
        for (const PlotLimit& limit : plot.limits)
            if (limit.bytes <= plot.memory.top) left_[limit_row(limit)] = size_number(limit.bytes, units);
        for (const std::string& label : left_) margin_ = std::max(margin_, display_width(label));
        const std::size_t taken = margin_ + 2;
        width_ = std::clamp(terminal.width > taken ? terminal.width - taken : 0, narrowest_plot, widest_plot);
        spots_.assign(rows, std::vector<Spot>(width_));
    }

    void draw() {
        for (const PlotLimit& limit : plot_.limits)
            if (limit.bytes <= plot_.memory.top)
                for (Spot& spot : spots_[limit_row(limit)]) spot = {terminal_.unicode ? "╌" : "-", 0, Spot::guide};
        for (std::size_t i = 0; i < plot_.series.size(); ++i) draw_crossing(i);
        for (std::size_t i = 0; i < plot_.series.size(); ++i) draw_series(i);
    }

    void print(Page& page) const {
        for (std::size_t row = 0; row < rows; ++row) {
            const std::string& label = left_[row];
            std::string line = std::string(margin_ - display_width(label), ' ') + terminal_.paint(Style::faint, label);
            line += terminal_.paint(Style::faint, terminal_.unicode ? (label.empty() ? " │" : " ┤") : " |");
            std::size_t end = width_;
            while (end > 0 && spots_[row][end - 1].kind == Spot::empty) --end;
            for (std::size_t column = 0; column < end; ++column) line += painted(spots_[row][column]);
            page.verbatim(line);
        }
        print_axis(page);
    }

private:
    static std::size_t row_of(double at) {
        const auto below = static_cast<std::size_t>(std::lround(std::clamp(at, 0.0, 1.0) * (rows - 1)));
        return rows - 1 - below;
    }
    std::size_t limit_row(const PlotLimit& limit) const {
        return row_of(plot_.memory.at(static_cast<double>(limit.bytes.count())));
    }
    std::size_t column_of(double at) const {
        return static_cast<std::size_t>(std::lround(std::clamp(at, 0.0, 1.0) * static_cast<double>(width_ - 1)));
    }
    double context_of(std::size_t column) const {
        return plot_.contexts.context_at(static_cast<double>(column) / static_cast<double>(width_ - 1));
    }

    // Where the series leaves the memory that there is: a line down to the axis.
    void draw_crossing(std::size_t series) {
        const ContextCurve& curve = *plot_.series[series].curve;
        if (!curve.max_context || *curve.max_context >= curve.points.back().context) return;
        const std::size_t column = column_of(plot_.contexts.at(*curve.max_context));
        const double total = total_at(curve, static_cast<double>(curve.max_context->count()));
        for (std::size_t row = row_of(plot_.memory.at(total)); row < rows; ++row)
            spots_[row][column] = {terminal_.unicode ? "┊" : ":", series, Spot::guide};
    }

    void draw_series(std::size_t series) {
        const ContextCurve& curve = *plot_.series[series].curve;
        const Sign sign = sign_of_series(series, terminal_);
        const auto first = static_cast<double>(curve.points.front().context.count());
        const auto last = static_cast<double>(curve.points.back().context.count());
        const auto most = static_cast<double>(fits_up_to(curve).count());
        const std::size_t begin = column_of(plot_.contexts.at(curve.points.front().context));
        const std::size_t end = column_of(plot_.contexts.at(curve.points.back().context));
        std::size_t before = rows;  // row of the column before
        for (std::size_t column = begin; column <= end; ++column) {
            const double context = std::clamp(context_of(column), first, last);
            const double at = plot_.memory.at(total_at(curve, context));
            if (at > 1) break;  // cut off
            const std::size_t row = row_of(at);
            const bool signed_here = (column + series) % sign_every == 0 || column == begin || column == end;
            // Half a column's width of context may be lost to rounding where the sign changes.
            const bool fits = context <= most || column <= column_of(plot_.contexts.at(fits_up_to(curve)));
            const std::string_view text = signed_here ? (fits && most > 0 ? sign.fits : sign.beyond) : "·";
            put(row, column, text, series, signed_here);
            for (std::size_t between = row + 1; before < rows && between < before; ++between) put(between, column, "·", series, false);
            before = row;
        }
    }

    void put(std::size_t row, std::size_t column, std::string_view text, std::size_t series, bool sign) {
        Spot& spot = spots_[row][column];
        if (!sign && spot.kind >= Spot::dot) return;
        spot.text = text == "·" && !terminal_.unicode ? "." : std::string(text);
        spot.series = series;
        spot.kind = sign ? Spot::sign : Spot::dot;
    }

    std::string painted(const Spot& spot) const {
        if (spot.kind == Spot::empty || !terminal_.color) return spot.text;
        if (spot.kind == Spot::guide) return terminal_.paint(Style::faint, spot.text);
        return formatted("\x1b[{}m{}\x1b[0m", hues[spot.series % hues.size()], spot.text);
    }

    void print_axis(Page& page) const {
        std::string axis, labels(margin_ + 2 + width_ + room_of_tick, ' ');
        for (std::size_t i = 0; i < width_; ++i) axis += terminal_.unicode ? "─" : "-";
        page.verbatim(std::string(margin_, ' ') + terminal_.paint(Style::faint, (terminal_.unicode ? " └" : " +") + axis));
        std::size_t free = 0;
        for (const Tick& tick : plot_.contexts.ticks(width_ / room_of_tick)) {
            const std::size_t centre = margin_ + 2 + column_of(tick.at), half = tick.label.size() / 2;
            const std::size_t most = margin_ + 2 + width_ - tick.label.size();
            const std::size_t from = std::min(centre > half ? centre - half : 0, most);
            if (from < free) continue;
            labels.replace(from, tick.label.size(), tick.label);
            free = from + tick.label.size() + 1;
        }
        labels.erase(labels.find_last_not_of(' ') + 1);
        page.verbatim(terminal_.paint(Style::faint, labels));
    }

    const ContextPlot& plot_;
    const Terminal& terminal_;
    std::array<std::string, rows> left_;
    std::size_t margin_ = 0, width_ = 0;
    std::vector<std::vector<Spot>> spots_;
};

}  // namespace

void add_plot(Page& page, const ContextPlot& plot, Units units) {
    const Terminal& terminal = page.terminal();
    page.heading(plot.title(units));
    Canvas canvas{plot, terminal, units};
    canvas.draw();
    canvas.print(page);
    page.blank();
    std::vector<std::string> signs;
    for (std::size_t i = 0; i < plot.series.size(); ++i) signs.emplace_back(sign_of_series(i, terminal).fits);
    page.table(plot_legend(plot, signs, units));
    if (plot.limits.empty()) return;
    page.blank();
    for (const PlotLimit& limit : plot.limits)
        page.led_paragraph({terminal.unicode ? "╌╌ " : "-- "},
                           limit.label + (limit.bytes > plot.memory.top ? ": above the picture" : ""));
    page.paragraph(terminal.unicode ? "filled: fits; hollow: does not" : "capitals: fits; small letters: does not", Style::faint);
}

std::string plot_text(const FitReport& report, const Terminal& terminal, Units units) {
    Page page{terminal};
    add_opening(page, report, units);
    add_plot(page, plot_of(report, units), units);
    return page.take();
}

std::string plot_text(const CompareReport& report, const Terminal& terminal, Units units) {
    Page page{terminal};
    add_common_facts(page, report);
    page.blank();
    add_plot(page, plot_of(report, units), units);
    return page.take();
}

}  // namespace fitcalc
