// Parts of paths: '/' separates them, on Windows '\' as well.
#pragma once

#include <string>
#include <string_view>

#include "byte_source.hpp"

namespace fitcalc {

bool separates(char c);

std::string_view last_part(std::string_view path);  // "Qwen3-8B" of "models/Qwen3-8B/"; "." and ".." stay
std::string_view folder_of(std::string_view path);  // with the separator; "" where none is named
std::string beside(std::string_view path, std::string_view name);
std::string inside(std::string_view folder, std::string_view name);

// What a file or folder is called: its last part, and where that is no name (".", ".."), the real one's. Empty where that
// has none either.
std::string name_of_path(std::string_view path, const Files& files);

}  // namespace fitcalc
