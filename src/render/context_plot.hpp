// Context against memory as a picture: the series, the limits, and the scales that a terminal and a drawing share.
#pragma once

#include <string>
#include <vector>

#include "output.hpp"
#include "report/compare_report.hpp"
#include "report/fit_report.hpp"
#include "table.hpp"

namespace fitcalc {

struct PlotSeries {
    std::string label;
    const ContextCurve* curve = nullptr;
};

struct PlotLimit {
    std::string label;  // "RTX 4090, 25.3 GB usable"
    Bytes bytes;
};

struct Tick {
    double at = 0;  // 0 to 1 along the axis
    std::string label;
};

// Logarithmic: each doubling of the context takes the same room.
struct ContextAxis {
    Tokens first, last;

    double at(Tokens context) const;  // 0 to 1
    double context_at(double at) const;
    std::vector<Tick> ticks(std::size_t most) const;  // powers of two, and the end
};

// From nothing; what lies above `top` is cut off.
struct MemoryAxis {
    Bytes top;

    double at(double bytes) const;  // 0 to 1; beyond 1 above the top
    std::vector<Tick> ticks(std::size_t most, Units units) const;
};

struct ContextPlot {
    std::vector<PlotSeries> series;
    std::vector<PlotLimit> limits;
    Tokens asked;  // context
    bool cpu = false;  // everything is in host memory
    ContextAxis contexts{};
    MemoryAxis memory{};

    std::string title(Units units) const;
};

// The reports must outlive the plot and have curves.
ContextPlot plot_of(const FitReport& report, Units units);
ContextPlot plot_of(const CompareReport& report, Units units);

// In bytes, on the straight line between the two nearest points; the context must lie within the curve.
double total_at(const ContextCurve& curve, double context);
// Up to which context the curve is drawn as fitting.
Tokens fits_up_to(const ContextCurve& curve);

// What the series come to: at the context asked for, at the whole one, and how far each fits. `signs`: one a series.
Table plot_legend(const ContextPlot& plot, const std::vector<std::string>& signs, Units units);

}  // namespace fitcalc
