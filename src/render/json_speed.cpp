#include "json_speed.hpp"

#include <nlohmann/json.hpp>

#include "json_parts.hpp"

namespace fitcalc {
namespace {

constexpr double hundredths = 1e2, millionths = 1e6;

// For people: more digits would only look exact.
Json rate_json(const std::optional<SpeedFigure>& figure) {
    return figure ? Json(rounded_to(figure->rate, hundredths)) : Json(nullptr);
}

Json range_json(const std::optional<SpeedFigure>& figure) {
    if (!figure) return nullptr;
    return Json::array({rounded_to(figure->low, hundredths), rounded_to(figure->high, hundredths)});
}

Json optional_json(const std::optional<double>& value, double steps_per_unit) {
    return value ? Json(rounded_to(*value, steps_per_unit)) : Json(nullptr);
}

}  // namespace

void add_decode_json(Json& row, const std::optional<SpeedFigure>& decode) {
    row["decode_tokens_per_second"] = rate_json(decode);
    row["decode_range"] = range_json(decode);
    row["decode_rough"] = decode ? Json(decode->rough) : Json(nullptr);
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
    const auto known = [&](const auto& value) { return speed ? Json(value(*speed)) : Json(nullptr); };
    out["rough"] = known([](const SpeedReport& s) { return s.decode.rough; });
    out["calibrated"] = known([](const SpeedReport& s) { return s.calibrated; });
    out["depth"] = known([](const SpeedReport& s) { return s.depth.count(); });
    out["prompt_tokens"] = known([](const SpeedReport& s) { return s.prompt.count(); });
    out["first_token_seconds"] = known([](const SpeedReport& s) { return optional_json(s.first_token_seconds, hundredths); });
    out["thinking_tokens"] = known([](const SpeedReport& s) { return optional_count(s.thinking); });
    out["thinking_seconds"] = known([](const SpeedReport& s) { return optional_json(s.thinking_seconds, hundredths); });
    out["answer_tokens"] = known([](const SpeedReport& s) { return optional_count(s.answer); });
    out["answer_seconds"] = known([](const SpeedReport& s) { return optional_json(s.answer_seconds, hundredths); });
    out["notes"] = speed ? Json(speed->notes) : Json::array();
}

Json cost_json(const CostsReport& costs) {
    const RentReport rent = costs.rent.value_or(RentReport{});
    const PurchaseReport purchase = costs.purchase.value_or(PurchaseReport{});
    const auto known = [](bool there, Json value) { return there ? std::move(value) : Json(nullptr); };
    Json out;
    out["rent"]["usd_per_hour"] = known(costs.rent.has_value(), rounded_to(rent.price_per_hour, millionths));
    out["rent"]["basis"] = text(rent.basis);
    out["rent"]["date"] = text(rent.date);
    out["rent"]["source"] = text(rent.source);
    out["rent"]["usd_per_million_tokens"] = known(costs.rent.has_value(), rounded_to(rent.per_million_tokens, millionths));
    out["rent"]["usd_per_session"] = optional_json(rent.per_session, millionths);
    out["purchase"]["launch_price_usd"] = known(costs.purchase.has_value(), purchase.launch_price);
    out["purchase"]["released"] = text(purchase.released);
    out["purchase"]["confidence"] = text(purchase.confidence);
    out["purchase"]["source"] = text(purchase.source);
    out["electricity"]["watts"] = costs.watts ? Json(*costs.watts) : Json(nullptr);
    out["electricity"]["usd_per_million_tokens"] = optional_json(costs.electricity_per_million_tokens, millionths);
    out["electricity"]["usd_per_session"] = optional_json(costs.electricity_per_session, millionths);
    return out;
}

}  // namespace fitcalc
