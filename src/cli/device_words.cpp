#include "device_words.hpp"

#include "machine_words.hpp"
#include "values.hpp"

namespace fitcalc::cli {
namespace {

constexpr std::int64_t most_devices = 1024;

bool digit(char c) { return c >= '0' && c <= '9'; }

std::string_view without_leading_spaces(std::string_view text) {
    const auto first = text.find_first_not_of(' ');
    return first == std::string_view::npos ? std::string_view{} : text.substr(first);
}

// Digits, then an x or ×, then something: "2x rtx-3090", "2 x 4090", "2×h100". Length of all before the name; 0 without.
std::size_t count_prefix(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size() && digit(text[at])) ++at;
    if (at == 0) return 0;
    while (at < text.size() && text[at] == ' ') ++at;
    const std::string_view rest = text.substr(at);
    if (rest.starts_with("×")) return at + std::string_view("×").size();
    if (rest.starts_with('x') || rest.starts_with('X')) return at + 1;
    return 0;
}

}  // namespace

Result<DeviceWords> split_device_words(std::string_view text) {
    DeviceWords words;
    std::string_view name = without_leading_spaces(text);
    if (const std::size_t prefix = count_prefix(name); prefix > 0) {
        const auto count = parse_count("--gpu count", name.substr(0, name.find_first_not_of("0123456789")), 1, most_devices);
        if (!count) return tl::unexpected(count.error());
        words.count = *count;
        name = without_leading_spaces(name.substr(prefix));
    }
    words.name = name;
    if (name.empty()) return fail(ErrorKind::usage, "--gpu '" + std::string(text) + "' names no device", "fitcalc list gpus shows them");
    if (names_a_machine(name))
        return fail(ErrorKind::usage, "--gpu " + words.name + " takes no count", "it is all that the machine has");
    // Bare numbers are names ("4090"); sizes say their unit.
    const char last = name.back();
    if (digit(name.front()) && (last == 'B' || last == 'b'))
        if (const auto size = parse_size("--gpu", name, MemoryUnits::as_sold)) words.size = *size;
    return words;
}

}  // namespace fitcalc::cli
