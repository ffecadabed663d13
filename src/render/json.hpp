// Reports as JSON (contract "fitcalc/1"): exact, sizes in bytes, absent facts null.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "report/calibration.hpp"
#include "report/compare_report.hpp"
#include "report/detect_report.hpp"
#include "report/fit_report.hpp"
#include "report/gpus_report.hpp"
#include "report/grid_report.hpp"
#include "report/inspect_report.hpp"
#include "report/models_report.hpp"
#include "report/recommend_report.hpp"
#include "report/list_report.hpp"

namespace fitcalc {

using Json = nlohmann::ordered_json;

// With report.command "explain" the groups of weights and cache as well.
Json to_json(const FitReport& report);
Json to_json(const ListReport& report);
Json to_json(const CalibrationReport& report);
Json to_json(const InspectReport& report);
Json to_json(const DetectReport& report);
Json detect_rows(const DetectReport& report);  // the devices, and the host as the last one
Json to_json(const GridReport& report);
Json to_json(const ModelsReport& report);
Json to_json(const RecommendReport& report);
Json to_json(const GpusReport& report);
Json to_json(const CompareReport& report);

// The points of the curves of an answer, one a row.
Json curve_rows(const Json& curves);

double bits_per_weight(Bytes bytes, Params parameters);
double rounded_bits(double bits);  // as many digits as the answer shows
Json differing_json(const Recipe& recipe);

std::string dump(const Json& answer);  // with a newline at the end

}  // namespace fitcalc
