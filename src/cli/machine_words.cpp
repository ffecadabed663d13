#include "machine_words.hpp"

#include "fitcalc/text.hpp"
#include "importers/machine_file.hpp"

namespace fitcalc::cli {

namespace {

bool this_machine(std::string_view word) { return same_ignoring_case(word, "auto"); }

}  // namespace

bool names_a_machine(std::string_view word) { return word.starts_with('@') || this_machine(word); }

Result<Machine> machine_named(const std::string& word, const World& world) {
    if (this_machine(word)) return world.detect ? world.detect() : Machine{};
    const std::string path = word.substr(1);
    if (path.empty()) return fail(ErrorKind::usage, "'@' names no file", "@machine.json is what fitcalc detect --json saved");
    const auto text = world.read_file(path);
    if (!text) return tl::unexpected(text.error());
    return read_machine(*text, path);
}

}  // namespace fitcalc::cli
