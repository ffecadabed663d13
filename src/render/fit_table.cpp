#include <algorithm>

#include "format.hpp"
#include "page.hpp"
#include "phrases.hpp"
#include "speed_text.hpp"
#include "texts.hpp"
#include "units.hpp"

namespace fitcalc {
namespace {

constexpr std::size_t widest_bar = 40;

// Of the mixes that are their makers' own.
constexpr std::array<std::string_view, 3> usual_published{"Q4_0-QAT", "UD-Q4_K_XL", "UD-Q2_K_XL"};

bool shown(const QuantRow& row) {
    if (row.published)
        return row.asked || std::ranges::find(usual_published, row.label) != usual_published.end();
    return row.asked || row.recommended || !row.label.empty() || is_usual(row.type);
}

// The parts of what the device needs, each with a bar, and what they come to.
class Breakdown {
public:
    Breakdown(const FitReport& report, const Terminal& terminal, Units units)
        : report_{report}, terminal_{terminal}, units_{units}, e_{report.estimate} {
        const std::size_t beside = 2 + 12 + 2 + 7 + 2 + 3 + 2 + longest_note;
        bar_width_ = terminal.width > beside + 8 ? std::min(terminal.width - beside, widest_bar) : 8;
    }

    Table table() {
        part("weights", e_.weights_device, formatted("{} bits a weight", fixed(e_.bits_per_weight, 2)));
        part("cache", e_.kv_cache, formatted("{} bytes a token", grouped(report_.cache_bytes_per_token.count())));
        if (e_.recurrent_state > Bytes{}) part("state", e_.recurrent_state, "whatever the context");
        part("compute", e_.compute, "scratch for one batch");
        if (!on_cpu(report_.settings)) part("overhead", e_.overhead, formatted("{} itself", backend_name(report_.settings.backend)));
        table_.rule(2);
        figure("needs", e_.total, needs_note(), Style::strong);
        if (report_.full_context.total > e_.total)
            figure("full context", report_.full_context.total,
                   formatted("{} tokens cost {} more", tokens(report_.model.context_length),
                               size(report_.full_context.total - e_.total, units_)));
        figure("download", e_.file_size, {});
        return std::move(table_);
    }

private:
    static constexpr std::size_t longest_note = 24;

    void part(std::string name, Bytes bytes, const std::string& note) {
        const auto share = static_cast<double>(bytes.count());
        // A web page has a drawing of them.
        std::string bar = terminal_.html ? "" : terminal_.bar(share, static_cast<double>(largest().count()), bar_width_);
        if (!bar.empty()) bar += "  ";
        table_.row({{std::move(name)}, {size_number(bytes, units_)}, {std::string(name_of(units_))}, {bar + note}});
    }

    void figure(std::string name, Bytes bytes, std::string note, Style style = Style::plain) {
        table_.row({{std::move(name), style},
                    {size_number(bytes, units_), style},
                    {std::string(name_of(units_)), style},
                    {std::move(note)}});
    }

    Bytes largest() const {
        return std::max({e_.weights_device, e_.kv_cache, e_.recurrent_state, e_.compute, e_.overhead});
    }

    std::string needs_note() const {
        if (on_cpu(report_.settings)) return formatted("± {} of RAM, with everything on the CPU", size(e_.error, units_));
        const bool several = report_.placement ? report_.placement->devices.size() > 1
                                               : !report_.devices.empty() && report_.devices.front().count > 1;
        return formatted("± {} on the device{}, and {} of RAM", size(e_.error, units_), several ? "s" : "",
                           size(e_.host, units_));
    }

    const FitReport& report_;
    const Terminal& terminal_;
    Units units_;
    const MemoryEstimate& e_;
    std::size_t bar_width_ = 0;
    Table table_{{{""}, {"", Align::decimal}, {""}, {"", Align::left, 0, 0, 16}}, 2};
};

Table quant_table(const FitReport& report, Units units) {
    const auto unit = name_of(units);
    const Tokens context = report.settings.engine_settings.context, full = report.model.context_length;
    const bool both = context != full;
    std::vector<Column> columns{{"  quant"},
                                {"bits", Align::right, 2},
                                {formatted("file {}", unit), Align::decimal},
                                {formatted("needs {} at {}", unit, tokens_short(context)), Align::decimal}};
    if (both) columns.push_back({formatted("{} at {}", unit, tokens_short(full)), Align::decimal, 1});
    const bool fast = std::ranges::any_of(report.quants, [](const QuantRow& row) { return row.decode.has_value(); });
    if (fast) columns.push_back({"tok/s", Align::right, 2});
    columns.push_back({"quality %", Align::right, 3});
    columns.push_back({"", Align::left, 4});

    Table table{std::move(columns)};
    for (const QuantRow& row : report.quants) {
        if (!shown(row)) continue;
        const std::string_view mark = row.recommended ? "★ " : row.asked ? "› " : "  ";
        const Style style = row.asked ? Style::strong : Style::plain;
        std::vector<Cell> cells{{formatted("{}{}", mark, quant_name(row)), style},
                                {fixed(row.bits_per_weight, 2), style},
                                {size_number(row.file_size, units), style},
                                {size_number(row.total, units), style}};
        if (both) cells.push_back({size_number(row.total_full_context, units), style});
        if (fast) cells.push_back({speed_cell(row.decode).text, style});
        // ~: estimated from models of other sizes; the others were measured.
        cells.push_back({quality_figure(row.quality), style});
        cells.push_back({row.published ? formatted("{}'s own mix, size as published", row.published->set->publisher)
                         : row.record  ? std::string(row.record->description)
                                       : "",
                         Style::faint});
        table.row(std::move(cells));
    }
    return table;
}

void add_recommendation(Page& page, const FitReport& report) {
    page.led_paragraph({"★ ", Style::strong}, formatted("{} recommended: {}", quant_name(report.recommendation),
                                                          report.recommendation.reason));
    if (quant_name(report.recommendation) == quant_name(report.settings)) return;
    const char* why = report.file && !report.settings.quant_label.empty() ? "is what the file holds"
                      : report.usual_quant                                 ? "by default"
                                                                           : "asked for";
    page.led_paragraph({"› ", Style::strong}, formatted("{} {}", quant_name(report.settings), why));
}

void add_runs_on(Page& page, const FitReport& report) {
    std::vector<std::string> sets;
    for (const DeviceRow& device : report.devices)
        if (fits(device.verdict))
            sets.push_back(device_phrase(device) + (device.verdict == Verdict::tight ? " (tight)" : "") +
                           (device.speed ? " " + speed_cell(device.speed).text + " tok/s" : ""));
    if (sets.empty()) sets.emplace_back("no set of equal devices in the catalog");
    page.items(sets, " · ", {"Runs on  ", Style::strong});
}

// Why hardware pages print another figure.
void add_nominal_comparison(Page& page, const NominalComparison& comparison, Units units) {
    const NominalRow& nominal = comparison.nominal;
    std::vector<std::string> reasons;
    if (comparison.parameters_not_in_file > Params{})
        reasons.push_back(
            formatted("{} parameters that are not in the file", parameters(comparison.parameters_not_in_file)));
    if (comparison.latent_attention) reasons.emplace_back("full attention where this model has MLA");
    if (comparison.head_length_differs) reasons.emplace_back("heads of hidden ÷ heads");
    reasons.push_back(
        formatted("{} bits a weight, not {}", fixed(nominal.bits, 2), fixed(comparison.exact_bits_per_weight, 2)));
    page.paragraph(
        formatted("Hardware pages print {}, and {} at full context: they count {}. "
                    "fitcalc explain shows it.",
                    size(nominal.at_context.total, units), size(nominal.at_full_context.total, units), enumerated(reasons)),
        Style::faint);
}

void add_recipe(Page& page, const FileSummary& file) {
    if (!file.recipe) return;
    std::string text = recipe_sentence(*file.recipe);
    if (file.quantized) text += " The rows below its own are what quantizing it once more would give.";
    page.paragraph(text);
}

std::string weights_only_text(const FitReport& report, const Terminal& terminal, Units units) {
    Page page{terminal};
    add_model_line(page, report.model);
    page.paragraph(formatted("{}, of architecture '{}'", quant_name(report.settings),
                               record_of(report.model).architecture));
    page.blank();
    Table table{{{""}, {"", Align::decimal}, {""}, {""}}, 2};
    const auto line = [&](std::string name, Bytes bytes, std::string note) {
        table.row({{std::move(name)}, {size_number(bytes, units)}, {std::string(name_of(units))}, {std::move(note)}});
    };
    line("weights", report.estimate.weights,
         formatted("{} bits a weight", fixed(report.estimate.bits_per_weight, 2)));
    line("file", report.estimate.file_size, "");
    page.table(table);
    return page.take();
}

}  // namespace

std::string fit_text(const FitReport& report, const Terminal& terminal, Units units) {
    if (report.weights_only) return weights_only_text(report, terminal, units);
    Page page{terminal};
    add_opening(page, report, units);
    page.table(Breakdown{report, terminal, units}.table());
    page.blank();
    if (report.placement && (report.placement->devices.size() > 1 || !report.placement->all_on_devices())) {
        page.table(placement_table(*report.placement, report.asked_set, units));
        page.blank();
    }
    page.table(quant_table(report, units));
    page.blank();
    add_recommendation(page, report);
    if (report.file) add_recipe(page, *report.file);
    if (!report.devices_asked) {
        page.blank();
        add_runs_on(page, report);
    }
    if (report.nominal) {
        page.blank();
        add_nominal_comparison(page, *report.nominal, units);
    }
    return page.take();
}

}  // namespace fitcalc
