// The texts for people, one for each answer.
#pragma once

#include <string>

#include "report/calibration.hpp"
#include "report/compare_report.hpp"
#include "report/detect_report.hpp"
#include "report/fit_report.hpp"
#include "report/gpus_report.hpp"
#include "report/grid_report.hpp"
#include "report/inspect_report.hpp"
#include "report/list_report.hpp"
#include "report/models_report.hpp"
#include "report/recommend_report.hpp"
#include "page.hpp"

namespace fitcalc {

std::string fit_text(const FitReport& report, const Terminal& terminal, Units units);
std::string nominal_text(const FitReport& report, const Terminal& terminal, Units units);
std::string explain_text(const FitReport& report, const Terminal& terminal, Units units);
std::string calibration_text(const CalibrationReport& report, const Terminal& terminal);
std::string compare_text(const CompareReport& report, const Terminal& terminal, Units units);
void add_common_facts(Page& page, const CompareReport& report);  // what all columns have in common
std::string compare_markdown(const CompareReport& report, Units units);
std::string compare_verdict(const CompareReport& report, const Terminal& terminal, Units units);  // --check
std::string grid_text(const GridReport& report, const Terminal& terminal, Units units);
std::string grid_markdown(const GridReport& report, Units units);  // the same picture
struct GridCounts {
    std::size_t cells = 0, fitting = 0;
    Verdict best = Verdict::no;
};
GridCounts grid_counts(const GridReport& report);  // memory must have been named
Table grid_table(const GridReport& report, Units units);
std::vector<std::string> grid_legend(const GridReport& report);  // what its signs mean
std::string grid_caption(const GridReport& report, Units units);  // what its figures are
std::string grid_verdict(const GridReport& report, const Terminal& terminal);  // --check
std::string gpus_text(const GpusReport& report, const Terminal& terminal, Units units);
std::string gpus_verdict(const GpusReport& report, const Terminal& terminal);  // --check
std::string recommend_text(const RecommendReport& report, const Terminal& terminal, Units units);
std::string recommend_verdict(const RecommendReport& report, const Terminal& terminal);  // --check
std::string plan_text(const FitReport& report, const Terminal& terminal, Units units);
std::string models_text(const ModelsReport& report, const Terminal& terminal, Units units);
std::string models_verdict(const ModelsReport& report, const Terminal& terminal);  // --check
std::string inspect_text(const InspectReport& report, const Terminal& terminal, Units units);
std::string detect_text(const DetectReport& report, const Terminal& terminal, Units units);
std::string list_text(const ListReport& report, const Terminal& terminal, Units units);
// One record, field by field.
std::string record_text(const ListReport& report, const Terminal& terminal, Units units);

}  // namespace fitcalc
