// The commands to run, as JSON: absent ones are null.
#pragma once

#include <nlohmann/json.hpp>

#include "fitcalc/run_commands.hpp"
#include "json.hpp"

namespace fitcalc {

Json commands_json(const RunCommands& commands);

}  // namespace fitcalc
