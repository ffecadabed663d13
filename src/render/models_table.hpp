// What texts about all models of the catalog have in common.
#pragma once

#include "page.hpp"
#include "report/models_report.hpp"

namespace fitcalc {

void add_scan_settings(Page& page, const ModelsReport& report);
// The models that are not among those listed, and why.
void add_left_out(Page& page, const ModelsReport& report);

}  // namespace fitcalc
