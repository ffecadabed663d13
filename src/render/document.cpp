#include "document.hpp"

#include <algorithm>
#include <functional>

#include "charts.hpp"
#include "fitcalc/version.hpp"
#include "format.hpp"
#include "markup.hpp"
#include "phrases.hpp"
#include "report/placing.hpp"
#include "texts.hpp"
#include "units.hpp"

namespace fitcalc {
namespace {

constexpr double wide = 720, narrow = 340;  // a desk's and a telephone's column

using Chart = std::function<Drawing(double width)>;

// The answer in a line: a verdict, a figure, and what they are about.
struct Headline {
    std::optional<Verdict> verdict;
    std::string figure, rest;
};

std::string answer_line(const Headline& headline) {
    std::string text = "<p class=\"answer\">";
    if (headline.verdict) {
        const VerdictSign sign = sign_of(*headline.verdict);
        text += formatted("<span class=\"badge {}\">{} {}</span> ", class_of(sign.style), sign.sign, name_of(*headline.verdict));
    }
    if (!headline.figure.empty()) text += formatted("<b>{}</b> ", escaped(headline.figure));
    return text + escaped(headline.rest) + "</p>\n";
}

std::string figures_of(const std::vector<Chart>& charts) {
    std::string text;
    std::size_t count = 0;
    for (const Chart& chart : charts) {
        const Drawing large = chart(wide), small = chart(narrow);
        ++count;
        text += formatted("<figure>\n<figcaption>{}</figcaption>\n{}{}</figure>\n", escaped(large.title),
                          svg_element(large, "drawing wide", formatted("chart{}", count)),
                          svg_element(small, "drawing narrow", formatted("chart{}-narrow", count)));
    }
    return text;
}

std::string page(const std::string& title, const std::string& content, const std::string& footer) {
    return formatted("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                     "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{0}</title>\n<style>\n{1}{2}</style>\n"
                     "</head>\n<body class=\"drawing\">\n<main>\n<h1>{0}</h1>\n{3}<footer>{4}</footer>\n</main>\n</body>\n</html>\n",
                     escaped(title), style_of_drawings(), style_of_pages(), content, escaped(footer));
}

std::string footer_of(const SettingsSummary& settings) {
    return formatted("fitcalc {}, as {} loads models. Figures are rounded; --format json has them to the byte.", version, settings.engine_version);
}

// Of an answer about one model at one quantization.
std::string title_of(const auto& report) {
    return formatted("{} {}", record_of(report.model).name, quant_name(report.settings));
}

std::string context_phrase(const SettingsSummary& settings) { return tokens(settings.engine_settings.context) + " context"; }

Headline headline_of(const FitReport& report, Units units) {
    if (!report.placement)
        return {{}, size(report.estimate.total, units),
                formatted("needed at {} with {}", quant_name(report.settings), context_phrase(report.settings))};
    const Placement& placement = *report.placement;
    std::string rest = formatted("needed with {}; {}, {}", context_phrase(report.settings), device_phrase(report.asked_set),
                                 usable_phrase(report.asked_set, units));
    if (!placement.devices.empty() && !placement.all_on_devices()) rest += formatted("; and {} of RAM", size(placement.host.total, units));
    return {report.verdict, size(required(placement), units), rest};
}

// Where not everything is on one device, what lies where says more than the sum.
bool divided(const FitReport& report) {
    return report.placement && !report.placement->devices.empty() &&
           (report.placement->devices.size() > 1 || !report.placement->all_on_devices());
}

std::vector<Chart> charts_of(const FitReport& report, Units units, bool plan) {
    std::vector<Chart> charts;
    if (report.weights_only || report.settings.method == Method::nominal) return charts;
    if (report.placement && !report.placement->devices.empty() && (plan || divided(report)))
        charts.push_back([&report, units](double width) { return placement_chart(*report.placement, report.asked_set, units, width); });
    else
        charts.push_back([&report, units](double width) { return breakdown_chart(report, units, width); });
    // The curve is of everything on the devices: not this placement's where a part lies in host memory.
    if (!report.curves.empty() && report.verdict != Verdict::offload)
        charts.push_back([&report, units](double width) { return context_chart(plot_of(report, units), units, width); });
    return charts;
}

std::vector<Chart> charts_of(const CompareReport& report, Units units) {
    const ContextPlot plot = plot_of(report, units);
    return {[&report, plot, units](double width) { return compare_chart(report, plot.series, units, width); },
            [plot, units](double width) { return context_chart(plot, units, width); }};
}

std::vector<Chart> charts_of(const GpusReport& report, Units units) {
    if (report.devices.empty()) return {};
    return {[&report, units](double width) { return gpus_chart(report, units, width); }};
}

std::string compare_title(const CompareReport& report) {
    std::vector<std::string> names;
    for (const CompareColumn& column : report.columns) {
        std::string name(record_of(column.model).name);
        if (std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
    }
    return joined(names, " · ");
}

std::string compare_answer(const CompareReport& report) {
    if (!report.columns.front().placement) return {};
    std::int64_t fitting = 0;
    for (const CompareColumn& column : report.columns) fitting += column.devices.yes(column.placement->verdict) ? 1 : 0;
    const std::string rest =
        report.together ? (report.yes ? "all of them at once" : "not all of them at once")
                        : formatted("{} of {} fit by themselves", fitting, report.columns.size());
    return answer_line({report.together ? std::optional{report.together->verdict} : std::nullopt, "", rest});
}

std::string gpus_answer(const GpusReport& report) {
    const auto fitting = static_cast<std::int64_t>(report.devices.size());
    return answer_line({{}, counted(fitting, "device"),
                        formatted("of the catalog {} it, up to {} of each, with {}", fitting == 1 ? "fits" : "fit", report.max_count,
                                  context_phrase(report.settings))});
}

std::string grid_answer(const GridReport& report) {
    if (!report.devices.names_memory()) return {};
    const auto counts = grid_counts(report);
    return answer_line({counts.fitting == 0 ? std::optional{Verdict::no} : std::nullopt, formatted("{} of {}", counts.fitting, counts.cells),
                        formatted("combinations of quantization and context fit {}", device_phrase(report.devices))});
}

std::vector<Drawing> at(const std::vector<Chart>& charts, double width) {
    std::vector<Drawing> drawings;
    drawings.reserve(charts.size());
    for (const Chart& chart : charts) drawings.push_back(chart(width));
    return drawings;
}

std::string text_of(const Headline& headline) {
    const std::string verdict = headline.verdict ? formatted("{} {}: ", sign_of(*headline.verdict).sign, name_of(*headline.verdict)) : "";
    return formatted("{}{} {}", verdict, headline.figure, headline.rest);
}

std::string settings_text(const SettingsSummary& settings) {
    return joined(settings_items(settings), ", ");
}

}  // namespace

tl::unexpected<Error> no_columns() {
    return fail(ErrorKind::usage, "--fields chooses columns of csv, tsv, markdown and tables", "not of pages and pictures");
}

Result<std::string> render_text_page(const std::string& title, const std::string& body, const OutputOptions& options) {
    if (options.format == Format::svg)
        return fail(ErrorKind::usage, "there is no picture of this answer",
                    "--format svg draws fit, plan, compare, grid and gpus; --format html shows every answer");
    if (!options.fields.empty()) return no_columns();
    return page(title, body, formatted("fitcalc {}. Figures are rounded; --format json has them to the byte.", version));
}

std::string fit_page(const FitReport& report, Units units) {
    const Terminal web = Terminal::web_page();
    const bool nominal = report.settings.method == Method::nominal;
    return page(title_of(report),
                (report.weights_only ? "" : answer_line(headline_of(report, units))) + figures_of(charts_of(report, units, false)) +
                    (nominal ? nominal_text(report, web, units) : fit_text(report, web, units)),
                footer_of(report.settings));
}

std::string plan_page(const FitReport& report, Units units) {
    return page(title_of(report),
                answer_line(headline_of(report, units)) + figures_of(charts_of(report, units, true)) +
                    plan_text(report, Terminal::web_page(), units),
                footer_of(report.settings));
}

std::string compare_page(const CompareReport& report, Units units) {
    return page(compare_title(report),
                compare_answer(report) + figures_of(charts_of(report, units)) + compare_text(report, Terminal::web_page(), units),
                footer_of(report.columns.front().settings));
}

std::string grid_page(const GridReport& report, Units units) {
    return page(std::string(record_of(report.model).name),
                grid_answer(report) + "<div class=\"grid\">\n" + grid_text(report, Terminal::web_page(), units) + "</div>\n",
                footer_of(report.settings));
}

std::string gpus_page(const GpusReport& report, Units units) {
    return page(title_of(report),
                gpus_answer(report) + figures_of(charts_of(report, units)) + gpus_text(report, Terminal::web_page(), units),
                footer_of(report.settings));
}

std::string fit_picture(const FitReport& report, Units units) {
    return svg_file(title_of(report), text_of(headline_of(report, units)), at(charts_of(report, units, false), wide));
}

std::string plan_picture(const FitReport& report, Units units) {
    return svg_file(title_of(report), text_of(headline_of(report, units)), at(charts_of(report, units, true), wide));
}

std::string compare_picture(const CompareReport& report, Units units) {
    return svg_file(compare_title(report), settings_text(report.columns.front().settings), at(charts_of(report, units), wide));
}

std::string grid_picture(const GridReport& report, Units units) {
    Drawing grid = table_drawing(grid_table(report, units), grid_caption(report, units), wide);
    if (report.devices.names_memory()) {
        Pen pen;
        grid.height = draw_lines(pen, 8, grid.height + 16, grid.width, joined(grid_legend(report), " · "), "faint");
        grid.body += pen.take();
    }
    return svg_file(std::string(record_of(report.model).name), settings_text(report.settings), {grid});
}

std::string gpus_picture(const GpusReport& report, Units units) {
    return svg_file(title_of(report), settings_text(report.settings),
                    at(charts_of(report, units), wide));
}

}  // namespace fitcalc
