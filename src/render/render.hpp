// Reports to text. Pure: a report and options in, text out. What can fail: a name for --fields or --value that isn't
// there, and a picture of what has none.
#pragma once

#include <string>

#include "fitcalc/result.hpp"
#include "output.hpp"
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

namespace fitcalc {

Result<std::string> render_fit(const FitReport& report, const OutputOptions& options);
// The report must have a placement.
Result<std::string> render_plan(const FitReport& report, const OutputOptions& options);
Result<std::string> render_explain(const FitReport& report, const OutputOptions& options);
Result<std::string> render_calibration(const CalibrationReport& report, const OutputOptions& options);
Result<std::string> render_compare(const CompareReport& report, const OutputOptions& options);
Result<std::string> render_grid(const GridReport& report, const OutputOptions& options);
Result<std::string> render_gpus(const GpusReport& report, const OutputOptions& options);
Result<std::string> render_recommend(const RecommendReport& report, const OutputOptions& options);
Result<std::string> render_models(const ModelsReport& report, const OutputOptions& options);
Result<std::string> render_inspect(const InspectReport& report, const OutputOptions& options);
Result<std::string> render_detect(const DetectReport& report, const OutputOptions& options);
Result<std::string> render_list(const ListReport& report, const OutputOptions& options);

// --check: the verdict line and nothing else.
std::string render_verdict(const FitReport& report, const OutputOptions& options);
std::string render_verdict(const CompareReport& report, const OutputOptions& options);
std::string render_verdict(const GpusReport& report, const OutputOptions& options);
std::string render_verdict(const RecommendReport& report, const OutputOptions& options);
std::string render_verdict(const ModelsReport& report, const OutputOptions& options);
std::string render_verdict(const GridReport& report, const OutputOptions& options);

}  // namespace fitcalc
