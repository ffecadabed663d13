// The scripts that shells load to complete fitcalc's command lines.
#pragma once

#include <string_view>

namespace fitcalc::cli {

// That of bash, zsh, fish or powershell; empty for another.
std::string_view completion_script(std::string_view shell);

}  // namespace fitcalc::cli
