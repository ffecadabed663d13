#include "names_from_input.hpp"

#include <sstream>

namespace fitcalc::cli {

Result<std::vector<std::string>> names_from_input(const World& world) {
    const auto text = world.read_input();
    if (!text) return tl::unexpected(text.error());
    constexpr std::string_view space = " \t\r";
    std::vector<std::string> names;
    std::istringstream lines(*text);
    for (std::string line; std::getline(lines, line);) {
        const auto first = line.find_first_not_of(space);
        if (first != std::string::npos) names.push_back(line.substr(first, line.find_last_not_of(space) + 1 - first));
    }
    if (names.empty()) return fail(ErrorKind::usage, "no names on standard input", "write one model a line");
    return names;
}

}  // namespace fitcalc::cli
