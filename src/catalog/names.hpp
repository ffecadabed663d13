// Names as people type them: what all lookups share.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fitcalc {

// Lower case, without separators: "RTX 4060 Ti 16GB" and "rtx-4060-ti-16gb" are the same name.
std::string name_key(std::string_view name);

// True when name_key(a) == key, without building the string.
bool matches_key(std::string_view name, std::string_view key);

// A name in its smallest parts, lower case: runs of letters and numbers. "3.1" is one number; of "RTX4060Ti" the
// parts are rtx, 4060 and ti. A plus sign is the word "plus"; all else separates.
struct NamePart {
    std::string text;
    bool number = false;
    bool attached = false;  // nothing separates it from the part before
};
std::vector<NamePart> name_parts(std::string_view name);

// Smallest number of single-character edits (insert, delete, replace, swap neighbours) between two names.
std::size_t edit_distance(std::string_view a, std::string_view b);

// The `count` candidates nearest to `name`, nearest first; names that have nothing in common are left out.
std::vector<std::string_view> nearest(std::string_view name, const std::vector<std::string_view>& candidates,
                                      std::size_t count);

// The ids of the `count` records of which a name is nearest to `name`, nearest first.
struct NameOf {
    std::string_view name, id;
};
std::vector<std::string_view> nearest_ids(std::string_view name, const std::vector<NameOf>& known, std::size_t count);

// "a, b, c"
std::string listed(std::span<const std::string_view> names);

// Which record answers to a key. The tables of the compiled-in catalog are made with it and sorted by key.
struct NameEntry {
    std::string_view key;
    std::uint32_t record = 0;  // index into the table of records

    bool operator==(const NameEntry&) const = default;
};

// All entries of one key in a sorted table.
std::span<const NameEntry> entries_of(std::span<const NameEntry> table, std::string_view key);

}  // namespace fitcalc
