#include "render.hpp"

#include <nlohmann/json.hpp>

#include "flat.hpp"
#include "json.hpp"
#include "phrases.hpp"
#include "texts.hpp"

namespace fitcalc {
namespace {

bool for_people(const OutputOptions& options) {
    return options.format == Format::table && options.fields.empty() && options.value.empty();
}

// `rows`: the key of the list that csv, tsv and --fields show.
Result<std::string> machine_format(const Json& answer, std::string_view rows, const OutputOptions& options) {
    if (options.format == Format::json) return dump(answer);
    return render_rows(answer.at(std::string(rows)), options);
}

using TextOf = std::string (*)(const FitReport&, const Terminal&, Units);

Result<std::string> render(const FitReport& report, const OutputOptions& options, TextOf text) {
    if (for_people(options)) return text(report, Terminal{options}, options.units);
    const Json answer = to_json(report);
    if (!options.value.empty()) return render_value(answer, options.value);
    return machine_format(answer, "quants", options);
}

}  // namespace

Result<std::string> render_fit(const FitReport& report, const OutputOptions& options) {
    return render(report, options, report.settings.method == Method::nominal ? nominal_text : fit_text);
}

Result<std::string> render_explain(const FitReport& report, const OutputOptions& options) {
    return render(report, options, report.settings.method == Method::nominal ? nominal_text : explain_text);
}

Result<std::string> render_list(const ListReport& report, const OutputOptions& options) {
    if (for_people(options)) return list_text(report, Terminal{options}, options.units);
    const Json answer = to_json(report);
    const std::string_view rows = topic_name(report.topic);
    if (!options.value.empty()) return render_values(answer.at(std::string(rows)), options.value);
    return machine_format(answer, rows, options);
}

Result<std::string> render_detect(const DetectReport& report, const OutputOptions& options) {
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
    if (for_people(options)) return inspect_text(report, Terminal{options}, options.units);
    const Json answer = to_json(report);
    if (!options.value.empty()) return render_value(answer, options.value);
    return machine_format(answer, report.list_tensors ? "tensors" : "groups", options);
}

std::string render_verdict(const FitReport& report, const OutputOptions& options) {
    Page page{Terminal{options}};
    add_verdict_lines(page, report, options.units);
    return page.take();
}

}  // namespace fitcalc
