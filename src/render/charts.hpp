// The drawings of the answers, at any width. Labels and figures are those of the tables.
#pragma once

#include <span>

#include "context_plot.hpp"
#include "drawing.hpp"
#include "report/compare_report.hpp"
#include "report/fit_report.hpp"
#include "report/gpus_report.hpp"

namespace fitcalc {

// What everything on one device comes to, beside the memory of the device where one is asked for.
Drawing breakdown_chart(const FitReport& report, Units units, double width);
// What lies on each device and in host memory, and which layers.
Drawing placement_chart(const Placement& placement, const DeviceSet& set, Units units, double width);
Drawing context_chart(const ContextPlot& plot, Units units, double width);
// `series`: of the columns, in their order; it names them.
Drawing compare_chart(const CompareReport& report, std::span<const PlotSeries> series, Units units, double width);
Drawing gpus_chart(const GpusReport& report, Units units, double width);

}  // namespace fitcalc
