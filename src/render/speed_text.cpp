#include "speed_text.hpp"

#include "format.hpp"
#include "phrases.hpp"
#include "units.hpp"

namespace fitcalc {
namespace {

std::string range(const SpeedFigure& figure) {
    return formatted("{}–{}", rate_number(figure.low), rate_number(figure.high));
}

// How fast, what holds it back, how long the question takes, what it costs.
std::string speed_sentence(const SpeedReport& speed) {
    std::string text = formatted("{}{} tok/s ({}){}: {}", speed.decode.rough ? "roughly " : "about ", rate_number(speed.decode.rate),
                                   range(speed.decode),
                                   speed.depth > Tokens{} ? " behind " + tokens(speed.depth) + " tokens" : "", limit_text(speed.time));
    if (speed.prefill)
        text += formatted("; a prompt of {} at {} tok/s ({})", tokens(speed.prompt), rate_number(speed.prefill->rate),
                            range(*speed.prefill));
    return text;
}

std::string time_sentence(const SpeedReport& speed) {
    std::vector<std::string> parts;
    if (speed.first_token_seconds) parts.push_back("first token after " + duration(*speed.first_token_seconds));
    if (speed.thinking_seconds && *speed.thinking > Tokens{})
        parts.push_back(formatted("{} of thinking ({} tokens)", duration(*speed.thinking_seconds), tokens(*speed.thinking)));
    if (speed.answer_seconds) parts.push_back(formatted("{} for an answer of {}", duration(*speed.answer_seconds), tokens(*speed.answer)));
    return joined(parts, ", then ");
}

std::string dollars(double usd) { return "$" + fixed(usd, usd < 0.1 ? 4 : 2); }

// Of those that say something.
std::string joined_known(std::vector<std::string> items, std::string_view separator) {
    std::erase(items, "");
    return joined(items, separator);
}

std::string rent_sentence(const CostsReport& costs) {
    if (!costs.rent) return {};
    const RentReport& rent = *costs.rent;
    const bool said = rent.source.find(rent.date) != std::string::npos;
    std::string text = formatted("{} an hour ({}): {} a million tokens", dollars(rent.price_per_hour),
                                   joined_known({rent.basis, said ? "" : rent.date, rent.source}, ", "), dollars(rent.per_million_tokens));
    if (rent.per_session) text += formatted(", {} for this question", dollars(*rent.per_session));
    return text;
}

std::string electricity_sentence(const CostsReport& costs) {
    if (!costs.electricity_per_million_tokens) return {};
    std::string text = formatted("electricity {} a million tokens at {:.0f} W", dollars(*costs.electricity_per_million_tokens),
                                   *costs.watts);
    if (costs.electricity_per_session) text += formatted(", {} for this question", dollars(*costs.electricity_per_session));
    return text;
}

std::string purchase_sentence(const CostsReport& costs) {
    if (!costs.purchase) return {};
    return formatted("launch price ${} ({})", grouped(costs.purchase->launch_price),
                       joined_known({costs.purchase->released, costs.purchase->confidence}, ", "));
}

}  // namespace

Cell speed_cell(const std::optional<SpeedFigure>& figure) {
    if (!figure) return {};
    return {(figure->rough ? "~" : "") + rate_number(figure->rate)};
}

Cell speed_cell(const std::optional<SpeedReport>& speed) {
    return speed_cell(speed ? std::optional{speed->decode} : std::nullopt);
}

void add_speed(Page& page, const FitReport& report, const Cell& indent) {
    if (!report.speed) return;
    page.led_paragraph(indent, speed_sentence(*report.speed));
    if (const std::string sentence = time_sentence(*report.speed); !sentence.empty()) page.led_paragraph(indent, sentence);
    const std::string costs =
        joined_known({rent_sentence(report.costs), electricity_sentence(report.costs), purchase_sentence(report.costs)}, "; ");
    if (!costs.empty()) page.led_paragraph(indent, costs);
    for (const std::string& note : report.speed->notes) page.led_paragraph(indent, note, Style::faint);
}

}  // namespace fitcalc
