// `-` in the place of MODEL: names on standard input, one a line.
#pragma once

#include <string>
#include <vector>

#include "fitcalc/result.hpp"
#include "run.hpp"

namespace fitcalc::cli {

inline constexpr std::string_view names_on_input = "-";

// Blank lines are left out; no name at all is an error.
Result<std::vector<std::string>> names_from_input(const World& world);

}  // namespace fitcalc::cli
