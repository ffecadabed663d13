// Speed and cost in JSON answers.
#pragma once

#include <optional>

#include "json.hpp"
#include "report/costs.hpp"

namespace fitcalc {

// decode_tokens_per_second, decode_range and decode_rough of a quantization; null where nothing is known.
void add_decode_json(Json& row, const std::optional<SpeedFigure>& decode);

// decode_tokens_per_second, decode_range, decode_limit, prefill_tokens_per_second, prefill_range and `speed`, which has
// all of its fields too where nothing is known: null.
void add_speed_json(Json& device, const std::optional<SpeedReport>& speed);

// All fields, null where there is no price.
Json cost_json(const CostsReport& costs);

}  // namespace fitcalc
