// The manual page, fitcalc(1), in roff's man macros.
#pragma once

#include <string>

namespace fitcalc::cli {

std::string manual_page();

}  // namespace fitcalc::cli
