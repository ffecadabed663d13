// The texts for people, one for each answer.
#pragma once

#include <string>

#include "report/detect_report.hpp"
#include "report/fit_report.hpp"
#include "report/inspect_report.hpp"
#include "report/list_report.hpp"
#include "terminal.hpp"

namespace fitcalc {

std::string fit_text(const FitReport& report, const Terminal& terminal, Units units);
std::string nominal_text(const FitReport& report, const Terminal& terminal, Units units);
std::string explain_text(const FitReport& report, const Terminal& terminal, Units units);
std::string inspect_text(const InspectReport& report, const Terminal& terminal, Units units);
std::string detect_text(const DetectReport& report, const Terminal& terminal, Units units);
std::string list_text(const ListReport& report, const Terminal& terminal, Units units);

}  // namespace fitcalc
