#include "render.hpp"

#include <nlohmann/json.hpp>

#include "document.hpp"
#include "flat.hpp"
#include "json.hpp"
#include "json_parts.hpp"
#include "phrases.hpp"
#include "plot_text.hpp"
#include "texts.hpp"

namespace fitcalc {
namespace {

bool for_people(const OutputOptions& options) {
    return options.format == Format::table && options.fields.empty() && options.value.empty();
}

// Side by side tables stay what they are in markdown, unless single fields are asked for.
bool picture(const OutputOptions& options) {
    return options.format == Format::markdown && options.fields.empty() && options.value.empty();
}

// The answer as a page, and as a picture where there is one.
template <class Report>
struct Documents {
    std::string (*page)(const Report&, Units);
    std::string (*picture)(const Report&, Units);
};

template <class Report>
Result<std::string> render_document(const Report& report, const OutputOptions& options, Documents<Report> documents) {
    if (!options.fields.empty()) return no_columns();
    return (options.format == Format::html ? documents.page : documents.picture)(report, options.units);
}

// `rows`: the key of the list that csv, tsv and --fields show.
Result<std::string> machine_format(const Json& answer, std::string_view rows, const OutputOptions& options) {
    if (options.format == Format::json) return dump(answer);
    return render_rows(answer.at(std::string(rows)), options);
}

// The field of every row, or else what a path leads to from the answer's top ("devices.0.device").
Result<std::string> list_value(const Json& answer, std::string_view rows, std::string_view name) {
    auto of_rows = render_values(answer.at(std::string(rows)), name);
    if (of_rows) return of_rows;
    auto one = render_value(answer, name);
    return one ? one : of_rows;
}

// An answer about one thing: --value is a field of it. An answer that is a list: --value is that field of each row.
Result<std::string> one_format(const Json& answer, std::string_view rows, const OutputOptions& options) {
    return options.value.empty() ? machine_format(answer, rows, options) : render_value(answer, options.value);
}
Result<std::string> list_format(const Json& answer, std::string_view rows, const OutputOptions& options) {
    return options.value.empty() ? machine_format(answer, rows, options) : list_value(answer, rows, options.value);
}

// Context against memory; JSON has it beside the rest.
bool plotted(const OutputOptions& options) {
    return options.plot && options.value.empty() && options.format != Format::json;
}

template <class Report>
Result<std::string> render_plot(const Report& report, const OutputOptions& options) {
    if (for_people(options)) return plot_text(report, Terminal{options}, options.units);
    return render_rows(curve_rows(to_json(report).at("curves")), options);
}

using TextOf = std::string (*)(const FitReport&, const Terminal&, Units);

Result<std::string> render(const FitReport& report, const OutputOptions& options, TextOf text) {
    if (for_people(options)) return text(report, Terminal{options}, options.units);
    return one_format(to_json(report), "quants", options);
}

}  // namespace

Result<std::string> render_fit(const FitReport& report, const OutputOptions& options) {
    if (options.document()) return render_document<FitReport>(report, options, {fit_page, fit_picture});
    if (plotted(options)) return render_plot(report, options);
    return render(report, options, report.settings.method == Method::nominal ? nominal_text : fit_text);
}

Result<std::string> render_explain(const FitReport& report, const OutputOptions& options) {
    const auto text = report.settings.method == Method::nominal ? nominal_text : explain_text;
    if (options.document())
        return render_text_page(std::string(record_of(report.model).name), text(report, Terminal::web_page(), options.units), options);
    return render(report, options, text);
}

Result<std::string> render_calibration(const CalibrationReport& report, const OutputOptions& options) {
    if (options.document())
        return render_text_page("Measured speeds beside the estimates", calibration_text(report, Terminal::web_page()), options);
    if (for_people(options)) return calibration_text(report, Terminal{options});
    const Json answer = to_json(report);
    if (!options.value.empty()) return list_value(answer, "calibrations", options.value);
    return machine_format(answer, "runs", options);
}

Result<std::string> render_plan(const FitReport& report, const OutputOptions& options) {
    if (options.document()) return render_document<FitReport>(report, options, {plan_page, plan_picture});
    if (for_people(options)) return plan_text(report, Terminal{options}, options.units);
    const Json answer = to_json(report);
    if (!options.value.empty()) return render_value(answer, options.value);
    if (options.format == Format::json) return dump(answer);
    return render_rows(placement_rows(*report.placement, report.asked_set), options);
}

Result<std::string> render_list(const ListReport& report, const OutputOptions& options) {
    if (options.document())
        return render_text_page("The catalog: " + std::string(topic_name(report.topic)), list_text(report, Terminal::web_page(), options.units), options);
    if (for_people(options)) return list_text(report, Terminal{options}, options.units);
    return list_format(to_json(report), topic_name(report.topic), options);
}

Result<std::string> render_detect(const DetectReport& report, const OutputOptions& options) {
    if (options.document())
        return render_text_page("The devices of a machine", detect_text(report, Terminal::web_page(), options.units), options);
    if (for_people(options)) return detect_text(report, Terminal{options}, options.units);
    const Json answer = to_json(report);
    // A field of the answer ("backend", "memory.usable_bytes"), else that of every device.
    if (!options.value.empty()) {
        auto one = render_value(answer, options.value);
        return one ? one : render_values(detect_rows(report), options.value);
    }
    if (options.format == Format::json) return dump(answer);
    return render_rows(detect_rows(report), options);
}

Result<std::string> render_inspect(const InspectReport& report, const OutputOptions& options) {
    if (options.document()) return render_text_page("What a file contains", inspect_text(report, Terminal::web_page(), options.units), options);
    if (for_people(options)) return inspect_text(report, Terminal{options}, options.units);
    return one_format(to_json(report), report.list_tensors ? "tensors" : "groups", options);
}

Result<std::string> render_compare(const CompareReport& report, const OutputOptions& options) {
    if (options.document()) return render_document<CompareReport>(report, options, {compare_page, compare_picture});
    if (plotted(options)) return render_plot(report, options);
    if (for_people(options)) return compare_text(report, Terminal{options}, options.units);
    if (picture(options)) return compare_markdown(report, options.units);
    return list_format(to_json(report), "columns", options);
}

Result<std::string> render_gpus(const GpusReport& report, const OutputOptions& options) {
    if (options.document()) return render_document<GpusReport>(report, options, {gpus_page, gpus_picture});
    if (for_people(options)) return gpus_text(report, Terminal{options}, options.units);
    return list_format(to_json(report), "devices", options);
}

Result<std::string> render_recommend(const RecommendReport& report, const OutputOptions& options) {
    if (options.document()) return render_text_page("What to run", recommend_text(report, Terminal::web_page(), options.units), options);
    if (for_people(options)) return recommend_text(report, Terminal{options}, options.units);
    return list_format(to_json(report), "models", options);
}

Result<std::string> render_models(const ModelsReport& report, const OutputOptions& options) {
    if (options.document()) return render_text_page("Which models fit", models_text(report, Terminal::web_page(), options.units), options);
    if (for_people(options)) return models_text(report, Terminal{options}, options.units);
    return list_format(to_json(report), "models", options);
}

Result<std::string> render_grid(const GridReport& report, const OutputOptions& options) {
    if (options.document()) return render_document<GridReport>(report, options, {grid_page, grid_picture});
    if (for_people(options)) return grid_text(report, Terminal{options}, options.units);
    if (picture(options)) return grid_markdown(report, options.units);
    return one_format(to_json(report), "cells", options);
}

std::string render_verdict(const FitReport& report, const OutputOptions& options) {
    Page page{Terminal{options}};
    add_verdict_line(page, report, options.units);
    return page.take();
}

std::string render_verdict(const CompareReport& report, const OutputOptions& options) {
    return compare_verdict(report, Terminal{options}, options.units);
}

std::string render_verdict(const GpusReport& report, const OutputOptions& options) {
    return gpus_verdict(report, Terminal{options});
}

std::string render_verdict(const RecommendReport& report, const OutputOptions& options) {
    return recommend_verdict(report, Terminal{options});
}

std::string render_verdict(const ModelsReport& report, const OutputOptions& options) {
    return models_verdict(report, Terminal{options});
}

std::string render_verdict(const GridReport& report, const OutputOptions& options) {
    return grid_verdict(report, Terminal{options});
}

}  // namespace fitcalc
