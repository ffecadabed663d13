#include "machine_words.hpp"

#include "importers/machine_file.hpp"

namespace fitcalc::cli {

bool names_a_machine(std::string_view word) { return word == "auto" || word.starts_with('@'); }

Result<Machine> machine_named(const std::string& word, const World& world) {
    if (word == "auto") return world.detect ? world.detect() : Machine{};
    const std::string path = word.substr(1);
    if (path.empty()) return fail(ErrorKind::usage, "'@' names no file", "@machine.json is what fitcalc detect --json saved");
    const auto text = world.read_file(path);
    if (!text) return tl::unexpected(text.error());
    return read_machine(*text, path);
}

}  // namespace fitcalc::cli
