// What std::string_view lacks before C++23.
#pragma once

#include <string_view>

namespace fitcalc {

inline bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

}  // namespace fitcalc
