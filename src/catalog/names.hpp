// Names as people type them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fitcalc {

// Lower case, without separators: "RTX 4060 Ti 16GB" and "rtx-4060-ti-16gb" are the same name.
std::string name_key(std::string_view name);

// True when name_key(a) == key, without building the string.
bool matches_key(std::string_view name, std::string_view key);

// Smallest number of single-character edits (insert, delete, replace, swap neighbours) between two names.
std::size_t edit_distance(std::string_view a, std::string_view b);

// The `count` candidates nearest to `name`, nearest first; names that have nothing in common are left out.
std::vector<std::string_view> nearest(std::string_view name, const std::vector<std::string_view>& candidates,
                                      std::size_t count);

}  // namespace fitcalc
