#include "json_speed.hpp"

#include <nlohmann/json.hpp>

#include "json_parts.hpp"

namespace fitcalc {
namespace {

constexpr double hundredths = 1e2, millionths = 1e6;

Json range_json(const std::optional<SpeedFigure>& figure) {
    if (!figure) return nullptr;
    return Json::array({rounded_to(figure->low, hundredths), rounded_to(figure->high, hundredths)});
}

Json optional_json(const std::optional<double>& value, double steps_per_unit) {
    return value ? Json(rounded_to(*value, steps_per_unit)) : Json(nullptr);
}

Json tokens_json(const std::optional<Tokens>& tokens) {
    return tokens ? Json(tokens->count()) : Json(nullptr);
}

}  // namespace

Json rate_json(const std::optional<SpeedFigure>& figure) {
    return figure ? Json(rounded_to(figure->rate, hundredths)) : Json(nullptr);
}

void add_speed_json(Json& device, const std::optional<SpeedReport>& speed) {
    const auto decode = speed ? std::optional{speed->decode} : std::nullopt;
    const auto prefill = speed ? speed->prefill : std::nullopt;
    device["decode_tokens_per_second"] = rate_json(decode);
    device["decode_range"] = range_json(decode);
    device["decode_limit"] = speed ? Json(limit_text(speed->time)) : Json(nullptr);
    device["prefill_tokens_per_second"] = rate_json(prefill);
    device["prefill_range"] = range_json(prefill);
    Json& out = device["speed"];
    if (!speed) return;
    out["rough"] = speed->rough;
    out["calibrated"] = speed->calibrated;
    out["depth"] = speed->depth.count();
    out["prompt_tokens"] = speed->prompt.count();
    out["first_token_seconds"] = optional_json(speed->first_token_seconds, hundredths);
    out["thinking_tokens"] = tokens_json(speed->thinking);
    out["thinking_seconds"] = optional_json(speed->thinking_seconds, hundredths);
    out["answer_tokens"] = tokens_json(speed->answer);
    out["answer_seconds"] = optional_json(speed->answer_seconds, hundredths);
    out["notes"] = speed->notes;
}

Json cost_json(const CostsReport& costs) {
    Json out;
    Json& rent = out["rent"];
    if (costs.rent) {
        rent["usd_per_hour"] = rounded_to(costs.rent->price_per_hour, millionths);
        rent["basis"] = text(costs.rent->basis);
        rent["date"] = text(costs.rent->date);
        rent["source"] = text(costs.rent->source);
        rent["usd_per_million_tokens"] = rounded_to(costs.rent->per_million_tokens, millionths);
        rent["usd_per_session"] = optional_json(costs.rent->per_session, millionths);
    }
    Json& purchase = out["purchase"];
    if (costs.purchase) {
        purchase["launch_price_usd"] = costs.purchase->launch_price;
        purchase["released"] = text(costs.purchase->released);
        purchase["confidence"] = text(costs.purchase->confidence);
    }
    Json& power = out["electricity"];
    if (costs.watts) {
        power["watts"] = *costs.watts;
        power["usd_per_million_tokens"] = optional_json(costs.electricity_per_million_tokens, millionths);
        power["usd_per_session"] = optional_json(costs.electricity_per_session, millionths);
    }
    return out;
}

}  // namespace fitcalc
