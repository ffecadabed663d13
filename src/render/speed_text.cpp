#include "speed_text.hpp"

#include <fmt/format.h>

#include "units.hpp"

namespace fitcalc {
namespace {

std::string range(const SpeedFigure& figure) {
    return fmt::format("{}–{}", rate_number(figure.low), rate_number(figure.high));
}

// How fast, what holds it back, how long the question takes, what it costs.
std::string speed_sentence(const SpeedReport& speed) {
    std::string text = fmt::format("{}{} tok/s ({}){}: {}", speed.rough ? "roughly " : "about ", rate_number(speed.decode.rate),
                                   range(speed.decode),
                                   speed.depth > Tokens{} ? " behind " + tokens(speed.depth) + " tokens" : "", limit_text(speed.time));
    if (speed.prefill)
        text += fmt::format("; a prompt of {} at {} tok/s ({})", tokens(speed.prompt), rate_number(speed.prefill->rate),
                            range(*speed.prefill));
    return text;
}

std::string time_sentence(const SpeedReport& speed) {
    std::vector<std::string> parts;
    if (speed.first_token_seconds) parts.push_back("first token after " + duration(*speed.first_token_seconds));
    if (speed.thinking_seconds && *speed.thinking > Tokens{})
        parts.push_back(fmt::format("{} of thinking ({} tokens)", duration(*speed.thinking_seconds), tokens(*speed.thinking)));
    if (speed.answer_seconds) parts.push_back(fmt::format("{} for an answer of {}", duration(*speed.answer_seconds), tokens(*speed.answer)));
    std::string text;
    for (const std::string& part : parts) text += (text.empty() ? "" : ", then ") + part;
    return text;
}

std::string dollars(double usd) { return "$" + fixed(usd, usd < 0.1 ? 4 : 2); }

std::string cost_sentence(const CostsReport& costs) {
    std::string text;
    if (costs.rent) {
        text = fmt::format("{} an hour ({}{}): {} a million tokens", dollars(costs.rent->price_per_hour), costs.rent->basis,
                           costs.rent->date.empty() ? "" : ", " + costs.rent->date, dollars(costs.rent->per_million_tokens));
        if (costs.rent->per_session) text += fmt::format(", {} for this question", dollars(*costs.rent->per_session));
    }
    if (costs.electricity_per_million_tokens) {
        text += fmt::format("{}electricity {} a million tokens at {:.0f} W", text.empty() ? "" : "; ",
                            dollars(*costs.electricity_per_million_tokens), *costs.watts);
        if (costs.electricity_per_session) text += fmt::format(", {} for this question", dollars(*costs.electricity_per_session));
    }
    return text;
}

}  // namespace

void add_speed(Page& page, const FitReport& report, const Cell& indent) {
    if (!report.speed) return;
    page.led_paragraph(indent, speed_sentence(*report.speed));
    for (const std::string& sentence : {time_sentence(*report.speed), cost_sentence(report.costs)})
        if (!sentence.empty()) page.led_paragraph(indent, sentence);
    for (const std::string& note : report.speed->notes) page.led_paragraph(indent, note, Style::faint);
}

}  // namespace fitcalc
