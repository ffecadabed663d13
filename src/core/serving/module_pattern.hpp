// Patterns of the lists of modules that a checkpoint leaves at 16 bits.
#pragma once

#include <optional>
#include <regex>
#include <string>

namespace fitcalc {

// As names_module() has it, read once for many modules.
class ModulePattern {
public:
    explicit ModulePattern(const std::string& pattern);

    bool names(const std::string& module) const;

private:
    std::optional<std::regex> expression_;
    std::string text_;  // of a pattern that is no expression; empty: names nothing
};

}  // namespace fitcalc
