// The answers about serving engines: text for people, and JSON with what is made of it.
#pragma once

#include <string>

#include "fitcalc/result.hpp"
#include "json.hpp"
#include "output.hpp"
#include "report/serving_report.hpp"

namespace fitcalc {

Json to_json(const ServingReport& report);
// Fails as those of render.hpp.
Result<std::string> render_serving(const ServingReport& report, const OutputOptions& options);
std::string render_verdict(const ServingReport& report, const OutputOptions& options);

}  // namespace fitcalc
