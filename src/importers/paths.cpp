#include "paths.hpp"

namespace fitcalc {
namespace {

#ifdef _WIN32
constexpr std::string_view separators = "/\\";
#else
constexpr std::string_view separators = "/";
#endif

// Up to and with the last separator.
std::size_t folder_length(std::string_view path) { return path.find_last_of(separators) + 1; }

bool is_name(std::string_view part) { return !part.empty() && part != "." && part != ".."; }

}  // namespace

bool separates(char c) { return separators.find(c) != std::string_view::npos; }

std::string_view last_part(std::string_view path) {
    while (!path.empty() && separates(path.back())) path.remove_suffix(1);
    return path.substr(folder_length(path));
}

std::string_view folder_of(std::string_view path) { return path.substr(0, folder_length(path)); }

std::string beside(std::string_view path, std::string_view name) { return std::string(folder_of(path)) += name; }

std::string inside(std::string_view folder, std::string_view name) {
    std::string path(folder);
    if (path.empty() || !separates(path.back())) path += '/';
    return path += name;
}

std::string name_of_path(std::string_view path, const Files& files) {
    if (is_name(last_part(path))) return std::string(last_part(path));
    const std::string real = files.real_path(path.empty() ? "." : std::string(path));
    return is_name(last_part(real)) ? std::string(last_part(real)) : std::string{};
}

}  // namespace fitcalc
