// Reports as JSON (contract "fitcalc/1"): exact, sizes in bytes, absent facts null.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "report/detect_report.hpp"
#include "report/fit_report.hpp"
#include "report/inspect_report.hpp"
#include "report/list_report.hpp"

namespace fitcalc {

using Json = nlohmann::ordered_json;

// With report.command "explain" the groups of weights and cache as well.
Json to_json(const FitReport& report);
Json to_json(const ListReport& report);
Json to_json(const InspectReport& report);
Json to_json(const DetectReport& report);
Json detect_rows(const DetectReport& report);  // the devices, and the host as the last one

double bits_per_weight(Bytes bytes, Params parameters);
double rounded_bits(double bits);  // as many digits as the answer shows
Json differing_json(const Recipe& recipe);

std::string_view topic_name(ListTopic topic);  // the key of the records: "models"

std::string dump(const Json& answer);  // with a newline at the end

}  // namespace fitcalc
