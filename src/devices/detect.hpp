// Finds out what this machine, or a recorded one, has. Never fails, never takes longer than the probe's time: what can't
// be read is left out and noted.
#pragma once

#include "fitcalc/machine.hpp"
#include "probe.hpp"

namespace fitcalc {

Machine detect_machine(const Probe& probe);

}  // namespace fitcalc
