#include "commands_text.hpp"
#include "phrases.hpp"
#include "texts.hpp"

namespace fitcalc {

std::string plan_text(const FitReport& report, const Terminal& terminal, Units units) {
    Page page{terminal};
    add_opening(page, report, units);
    page.table(placement_table(*report.placement, report.asked_set, units));
    if (!report.commands) return page.take();
    page.blank();
    add_commands(page, *report.commands);
    return page.take();
}

}  // namespace fitcalc
