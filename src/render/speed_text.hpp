// What the texts say of speed and cost.
#pragma once

#include "page.hpp"
#include "report/fit_report.hpp"

namespace fitcalc {

// Paragraphs behind `indent`; nothing where the speed is unknown.
void add_speed(Page& page, const FitReport& report, const Cell& indent);

}  // namespace fitcalc
