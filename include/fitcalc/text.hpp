// Text: what std::string_view lacks before C++23, and text from outside on its way into an answer or a message.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace fitcalc {

inline bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

// Bytes of the UTF-8 character that the text, which isn't empty, begins with; 0 when it begins with none.
std::size_t character_length(std::string_view text);

// Whether a character is one of control (C0, DEL, C1), which can move a terminal's cursor or break a line in two.
bool is_control(std::string_view character);

bool has_control_characters(std::string_view text);

// One line of UTF-8: a space for each control character, '?' for each byte that is no UTF-8.
std::string clean_text(std::string_view text);

}  // namespace fitcalc
