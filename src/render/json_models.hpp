// Answers about all models of the catalog.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

#include "json.hpp"

namespace fitcalc {

Json fitting_json(const FittingModel& model);
// What such an answer opens with, and what it ends with: the models that are not among the others.
Json scan_json(const ModelsReport& report, std::string_view command);
void add_left_out(Json& out, const ModelsReport& report);

}  // namespace fitcalc
