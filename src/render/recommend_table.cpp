#include "commands_text.hpp"
#include "format.hpp"
#include "models_table.hpp"
#include "phrases.hpp"
#include "speed_text.hpp"
#include "texts.hpp"
#include "units.hpp"

namespace fitcalc {
namespace {

constexpr std::size_t most_shown = 10;  // JSON has them all
constexpr std::size_t most_unranked = 20;
constexpr std::size_t shortest_id = 29;

std::string caption(const RecommendReport& report, Units units) {
    const std::string_view purpose = report.purpose == Purpose::any ? "" : name_of(report.purpose);
    return formatted("What to run{}{} on {}", purpose.empty() ? "" : " for ", purpose, memory_phrase(report.scan.devices, units));
}

// Why it stands where it stands: its scores, and what the quantization leaves of them.
std::string reason(const RankedModel& ranked) {
    std::string text;
    for (const Score* score : ranked.evidence)
        text += formatted("{}{} {}", text.empty() ? "" : ", ", score->benchmark, fixed(*score->value, 1));
    return formatted("{}; {} keeps {} %", text, quant_name(ranked.model.quant), quality_figure(ranked.model.quality));
}

void add_ranked(Page& page, const RecommendReport& report, Units units) {
    const auto unit = name_of(units);
    const std::size_t shown = std::min(report.ranked.size(), most_shown);
    Table table{{{"", Align::right},
                 {"model", Align::left, 0, shortest_id},
                 {"score", Align::right},
                 {"quant"},
                 {formatted("needs {}", unit), Align::decimal},
                 {"context", Align::right, 1},
                 {"tok/s", Align::right},
                 {"params", Align::right, 2},
                 {""}}};
    for (std::size_t i = 0; i < shown; ++i) {
        const FittingModel& model = report.ranked[i].model;
        const VerdictSign sign = sign_of(model.placement.verdict);
        const Style style = i == 0 ? Style::strong : Style::plain;
        table.row({{std::to_string(i + 1), style},
                   {std::string(model.record->id), style},
                   {fixed(report.ranked[i].score, 1), style},
                   {std::string(quant_name(model.quant)), style},
                   {size_number(model.placement.devices.empty() ? model.placement.host.total : model.placement.device_total(), units)},
                   {model.max_context ? tokens_short(*model.max_context) : ""},
                   speed_cell(model.speed),
                   {parameters(model.parameters)},
                   {formatted("{} {}", sign.sign, name_of(model.placement.verdict)), sign.style}});
    }
    page.table(table);
    if (report.ranked.size() > shown) page.paragraph(formatted("and {} more", report.ranked.size() - shown), Style::faint);
    page.blank();
    page.heading("Why");
    for (std::size_t i = 0; i < shown; ++i)
        page.led_paragraph({formatted("{:>2}  ", i + 1)}, reason(report.ranked[i]));
}

std::string nothing_ranked(const RecommendReport& report) {
    if (!report.unranked.empty()) return "No model that fits has a sourced score to rank it by.";
    if (report.scan.needs_ram.empty()) return "No model of the catalog fits.";
    return formatted("No model of the catalog fits without a part in host memory; {}.", ram_unstated);
}

void add_unranked(Page& page, const RecommendReport& report) {
    if (report.unranked.empty()) return;
    std::vector<std::string> items;
    for (const FittingModel& model : report.unranked) {
        if (items.size() == most_unranked) {
            items.push_back(formatted("and {} more: fitcalc models lists them", report.unranked.size() - most_unranked));
            break;
        }
        items.emplace_back(model.record->id);
    }
    page.blank();
    page.paragraph(report.unranked.size() == 1 ? "1 model fits too, but no sourced score makes it comparable:"
                                               : formatted("{} models fit too, but no sourced score makes them comparable:",
                                                             report.unranked.size()),
                   Style::faint);
    page.items(items, ", ", {"  "});
}

}  // namespace

std::string recommend_text(const RecommendReport& report, const Terminal& terminal, Units units) {
    Page page{terminal};
    page.heading(caption(report, units));
    add_scan_settings(page, report.scan);
    page.blank();
    if (report.ranked.empty())
        page.paragraph(nothing_ranked(report));
    else
        add_ranked(page, report, units);
    add_unranked(page, report);
    if (!report.ranked.empty()) {
        page.blank();
        page.heading(formatted("To run {}", report.ranked.front().model.record->id));
        add_commands(page, report.commands);
        page.blank();
        page.paragraph("The score is the percentage of right answers expected over all benchmarks counted, from the published "
                       "scores of all models in the catalog, times the quality that the quantization keeps.", Style::faint);
    }
    return page.take();
}

std::string recommend_verdict(const RecommendReport& report, const Terminal& terminal) {
    Page page{terminal};
    const std::string where = device_phrase(report.scan.devices);
    if (report.ranked.empty()) {
        const std::string with_ram = report.scan.needs_ram.empty() ? "" : formatted(" alone; {}", ram_unstated);
        page.line(verdict_lead(Verdict::no), formatted("no model with a sourced score fits {}{}", where, with_ram));
        return page.take();
    }
    const FittingModel& model = report.ranked.front().model;
    page.line(verdict_lead(model.placement.verdict),
              formatted("{} {} is the best of {} ranked models that fit {}", model.record->id, quant_name(model.quant),
                          report.ranked.size(), where));
    return page.take();
}

}  // namespace fitcalc
