#include "commands_text.hpp"
#include "phrases.hpp"
#include "texts.hpp"

namespace fitcalc {

std::string plan_text(const FitReport& report, const Terminal& terminal, Units units) {
    Page page{terminal};
    add_verdict(page, report, units);
    page.blank();
    add_model_line(page, report.model);
    add_settings_line(page, report.settings);
    page.blank();
    page.table(placement_table(*report.placement, report.asked_set, units));
    if (!report.commands) return page.take();
    page.blank();
    add_commands(page, *report.commands);
    return page.take();
}

}  // namespace fitcalc
