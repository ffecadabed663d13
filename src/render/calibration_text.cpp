#include "format.hpp"
#include "page.hpp"
#include "phrases.hpp"
#include "texts.hpp"
#include "units.hpp"

namespace fitcalc {
namespace {

std::string percent_of(double factor) { return formatted("{:.0f} % of", 100 * factor); }

}  // namespace

std::string calibration_text(const CalibrationReport& report, const Terminal& terminal) {
    Page page{terminal};
    Table table{{{"device"}, {"model"}, {"quant"}, {"test"}, {"measured", Align::right}, {"estimated", Align::right},
                 {"tok/s", Align::left}}};
    for (const CalibratedRun& each : report.runs) {
        const MeasuredRun& run = each.run;
        table.row({{run.count > 1 ? formatted("{}× {}", run.count, run.device->id) : std::string(run.device->id)},
                   {std::string(run.model->id)},
                   {std::string(quant_name(run.quant))},
                   {formatted("{} {}{}", run.decode ? "decode" : "prompt", tokens(run.tokens),
                                run.depth > Tokens{} ? " at " + tokens(run.depth) : "")},
                   {rate_number(run.rate)},
                   {rate_number(each.estimated)},
                   {percent_of(each.factor()) + " the estimate"}});
    }
    page.table(table);
    page.blank();
    for (const Calibration& each : report.calibrations)
        page.paragraph(formatted("{}: decoding at {} the estimate{}.", each.device, percent_of(each.decode),
                                 each.prefill ? ", prompts at " + percent_of(*each.prefill) + " it" : ""));
    // A line states a run with an empty cache on one device.
    std::vector<std::string> lines;
    for (const CalibratedRun& each : report.runs)
        if (each.run.decode && each.run.depth == Tokens{} && each.run.count == 1)
            lines.push_back(formatted("  {} {} {} {:.2f}", each.run.device->id, each.run.model->id, quant_name(each.run.quant), each.run.rate));
    if (lines.empty()) {
        page.paragraph("None of these runs generates behind an empty cache on one device, as --calibrate takes them.");
        return page.take();
    }
    page.paragraph("To use it: --calibrate with a file of lines such as");
    for (const std::string& line : lines) page.line({}, line);
    return page.take();
}

}  // namespace fitcalc
