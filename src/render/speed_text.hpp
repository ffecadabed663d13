// What the texts say of speed and cost.
#pragma once

#include <optional>

#include "page.hpp"
#include "report/fit_report.hpp"
#include "table.hpp"

namespace fitcalc {

// Tokens per second, "~" before those that are rough; empty where nothing is known.
Cell speed_cell(const std::optional<SpeedFigure>& figure);
Cell speed_cell(const std::optional<SpeedReport>& speed);  // of decoding

// Paragraphs behind `indent`; nothing where the speed is unknown.
void add_speed(Page& page, const FitReport& report, const Cell& indent);

}  // namespace fitcalc
