#pragma once

#include <string>

namespace fitcalc::cli {

std::string help_text();
std::string version_text();

}  // namespace fitcalc::cli
