// A machine as `fitcalc detect --json` saved it, for use elsewhere.
#pragma once

#include <string_view>

#include "fitcalc/machine.hpp"
#include "fitcalc/result.hpp"

namespace fitcalc {

// `origin` names the text in messages. What the answer derived (usable memory, the catalog's record) is found anew.
Result<Machine> read_machine(std::string_view text, std::string_view origin);

}  // namespace fitcalc
