// The commands to run, on a page.
#pragma once

#include "fitcalc/run_commands.hpp"
#include "page.hpp"

namespace fitcalc {

// Lines that can be copied are never wrapped.
void add_commands(Page& page, const RunCommands& commands);

}  // namespace fitcalc
