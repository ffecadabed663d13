// Answers as files to look at and to hand on: pages of HTML and pictures as SVG. Each is self-contained: no script, nothing
// from elsewhere.
#pragma once

#include <string>

#include "fitcalc/result.hpp"
#include "report/compare_report.hpp"
#include "report/fit_report.hpp"
#include "report/gpus_report.hpp"
#include "report/grid_report.hpp"
#include "output.hpp"

namespace fitcalc {

// What --fields gets here: there are no columns to choose.
tl::unexpected<Error> no_columns();

// The text for a terminal as a page: `body` is HTML that a Page made. There is no picture of it, which is an error.
Result<std::string> render_text_page(const std::string& title, const std::string& body, const OutputOptions& options);

// With drawings above the text. Curves are drawn where the report has them.
std::string fit_page(const FitReport& report, Units units);
std::string plan_page(const FitReport& report, Units units);
std::string compare_page(const CompareReport& report, Units units);
std::string grid_page(const GridReport& report, Units units);
std::string gpus_page(const GpusReport& report, Units units);

// The drawings alone.
std::string fit_picture(const FitReport& report, Units units);
std::string plan_picture(const FitReport& report, Units units);
std::string compare_picture(const CompareReport& report, Units units);
std::string grid_picture(const GridReport& report, Units units);
std::string gpus_picture(const GpusReport& report, Units units);

}  // namespace fitcalc
