// Context against memory, drawn with characters.
#pragma once

#include "context_plot.hpp"
#include "page.hpp"

namespace fitcalc {

// As wide as the terminal allows. A series is drawn with its own sign, filled as far as it fits and hollow beyond;
// without Unicode with a letter, a capital as far as it fits.
void add_plot(Page& page, const ContextPlot& plot, Units units);

// The answer as a plot: the verdict, what it is about, and the curves instead of the tables.
std::string plot_text(const FitReport& report, const Terminal& terminal, Units units);
std::string plot_text(const CompareReport& report, const Terminal& terminal, Units units);

}  // namespace fitcalc
