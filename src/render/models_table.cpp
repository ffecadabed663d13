#include "models_table.hpp"

#include <algorithm>

#include "format.hpp"
#include "page.hpp"
#include "phrases.hpp"
#include "report/placing.hpp"
#include "speed_text.hpp"
#include "texts.hpp"
#include "units.hpp"

namespace fitcalc {
namespace {

// Ids that are cut too short can't be told apart.
constexpr std::size_t shortest_id = 28;

Table models_table(const ModelsReport& report, Units units) {
    const auto unit = name_of(units);
    const bool divided = std::ranges::any_of(report.models, [](const FittingModel& m) { return m.placement.verdict == Verdict::offload; });
    Table table{{{""},
                 {"model", Align::left, 0, shortest_id},
                 {"params", Align::right, 3},
                 {"quant"},
                 {"quality %", Align::right, 2},
                 {formatted("needs {}", unit), Align::decimal},
                 {divided ? "RAM" : "spare", Align::decimal, divided ? 1 : 4},
                 {"context", Align::right},
                 {"tok/s", Align::right, 1}}};
    for (const FittingModel& model : report.models) {
        const VerdictSign sign = sign_of(model.placement.verdict);
        table.row({{formatted("{} {}", sign.sign, name_of(model.placement.verdict)), sign.style},
                   {std::string(model.record->id)},
                   {parameters(model.parameters)},
                   {std::string(quant_name(model.quant))},
                   {quality_figure(model.quality), Style::faint},
                   {size_number(model.placement.devices.empty() ? model.placement.host.total : model.placement.device_total(), units)},
                   {size_number(divided ? model.placement.host.total : headroom(model.placement), units)},
                   {model.max_context ? tokens_short(*model.max_context) : ""},
                   speed_cell(model.speed)});
    }
    return table;
}

std::string caption(const ModelsReport& report, Units units) {
    return formatted("Models that fit {}{}", memory_phrase(report.devices, units),
                       report.quant_given ? "" : ", each at its best quantization");
}

}  // namespace

void add_scan_settings(Page& page, const ModelsReport& report) {
    std::vector<std::string> stated;
    if (report.quant_given) stated.emplace_back(quant_name(report.settings));
    const std::string context = tokens(report.settings.engine_settings.context) + " context";
    stated.push_back(report.whole_context   ? "each model's whole context"
                     : report.context_given ? context
                                            : context + " or a model's whole");
    page.items(settings_items(report.settings, std::move(stated)), ", ");
}

void add_left_out(Page& page, const ModelsReport& report) {
    const auto list = [&](std::string_view what, const std::vector<const ModelRecord*>& records) {
        if (records.empty()) return;
        std::vector<std::string> ids;
        ids.reserve(records.size());
        for (const ModelRecord* record : records) ids.emplace_back(record->id);
        page.blank();
        page.paragraph(formatted("{} {}:", counted(static_cast<std::int64_t>(records.size()), "model"), what), Style::faint);
        page.items(ids, ", ", {"  "});
    };
    list(formatted("with a part in host memory; {}", ram_unstated), report.needs_ram);
    list(report.quant_given ? "too large" : "too large at any quantization", report.too_large);
    list("trained for less context", report.too_short);
    list("that can't be computed with these settings", report.not_computed);
}

std::string models_text(const ModelsReport& report, const Terminal& terminal, Units units) {
    Page page{terminal};
    page.heading(caption(report, units));
    add_scan_settings(page, report);
    if (!report.models.empty()) {
        page.blank();
        page.table(models_table(report, units));
    }
    add_left_out(page, report);
    return page.take();
}

std::string models_verdict(const ModelsReport& report, const Terminal& terminal) {
    Verdict best = Verdict::no;
    for (const FittingModel& model : report.models) best = std::min(best, model.placement.verdict);
    const std::size_t all = report.models.size() + report.needs_ram.size() + report.too_large.size() + report.too_short.size() +
                            report.not_computed.size();
    const std::string with_ram =
        report.needs_ram.empty() ? "" : formatted("; {} have a part in host memory: {}", report.needs_ram.size(), ram_unstated);
    Page page{terminal};
    page.line(verdict_lead(best),
              formatted("{} of {} models fit {}{}", report.models.size(), all, device_phrase(report.devices), with_ram));
    return page.take();
}

}  // namespace fitcalc
