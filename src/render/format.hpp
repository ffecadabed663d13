// fmt::format, compiled once: in every file of its own, fmt's implementation costs more than the file itself.
#pragma once

#include <fmt/core.h>

#include <string>

namespace fitcalc {

std::string format_with(fmt::string_view text, fmt::format_args arguments);

// As fmt::format: the text is checked against its arguments when this compiles.
template <typename... T>
std::string formatted(fmt::format_string<T...> text, T&&... arguments) {
    return format_with(text, fmt::make_format_args(arguments...));
}

}  // namespace fitcalc
