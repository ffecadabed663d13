#define FMT_HEADER_ONLY
#include "format.hpp"

namespace fitcalc {

std::string format_with(fmt::string_view text, fmt::format_args arguments) { return fmt::vformat(text, arguments); }

}  // namespace fitcalc
