// Text: what std::string_view lacks before C++23, and text from outside on its way into an answer or a message.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace fitcalc {

inline bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

// The case of ASCII letters alone, whatever the locale.
constexpr char lower_case(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
constexpr char upper_case(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
std::string lower_case(std::string_view text);
std::string upper_case(std::string_view text);
bool same_ignoring_case(std::string_view a, std::string_view b);

std::string grouped(std::int64_t number);  // 163,840

// Bytes of the UTF-8 character that the text, which isn't empty, begins with; 0 when it begins with none.
std::size_t character_length(std::string_view text);

// Whether a character is one of control (C0, DEL, C1), which can move a terminal's cursor or break a line in two.
bool is_control(std::string_view character);

bool has_control_characters(std::string_view text);

// One line of UTF-8: a space for each control character, '?' for each byte that is no UTF-8.
std::string clean_text(std::string_view text);

}  // namespace fitcalc
