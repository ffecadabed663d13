// "auto" and "@machine.json": this machine, or a saved one.
#pragma once

#include <string>
#include <string_view>

#include "fitcalc/machine.hpp"
#include "fitcalc/result.hpp"
#include "run.hpp"

namespace fitcalc::cli {

bool names_a_machine(std::string_view word);

// `word` must name one.
Result<Machine> machine_named(const std::string& word, const World& world);

}  // namespace fitcalc::cli
