// Speed and cost in JSON answers.
#pragma once

#include <optional>

#include "json.hpp"
#include "report/speed_report.hpp"

namespace fitcalc {

// A rate for people: more digits would only look exact.
Json rate_json(const std::optional<SpeedFigure>& figure);

// decode_tokens_per_second, decode_range, decode_limit, prefill_tokens_per_second, prefill_range and speed; null where
// nothing is known.
void add_speed_json(Json& device, const std::optional<SpeedReport>& speed);

Json cost_json(const CostsReport& costs);

}  // namespace fitcalc
