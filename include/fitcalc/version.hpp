#pragma once

#include <string_view>

namespace fitcalc {

// The same as in CMakeLists.txt; a test compares them.
inline constexpr std::string_view version = "0.1.0";
// Of the release, or of the last change to what the manual page says.
inline constexpr std::string_view version_date = "2026-11-22";

}  // namespace fitcalc
