#include "device_words.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "fitcalc/text.hpp"
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

// The letters of AMD's cards, which have numbers of four digits: "7900xtx", "6800 XT".
bool names_an_amd_card(std::string_view number, std::string_view rest) {
    const auto letter = [](char c) { return lower_case(c) >= 'a' && lower_case(c) <= 'z'; };
    const auto end = std::ranges::find_if_not(rest, letter);
    const std::string_view letters = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
    return number.size() == 4 && (same_ignoring_case(letters, "xt") || same_ignoring_case(letters, "xtx"));
}

// Digits, then an x or ×, then something: "2x rtx-3090", "2 x 4090", "2×h100". Length of all before the name; 0 without.
std::size_t count_prefix(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size() && digit(text[at])) ++at;
    if (at == 0) return 0;
    const std::string_view number = text.substr(0, at);
    while (at < text.size() && text[at] == ' ') ++at;
    const std::string_view rest = text.substr(at);
    if (names_an_amd_card(number, rest)) return 0;
    if (rest.starts_with("×")) return at + std::string_view("×").size();
    if (rest.starts_with('x') || rest.starts_with('X')) return at + 1;
    return 0;
}

template <class FieldsOf>
Result<std::string> known_word(std::string_view option, const std::string& typed, const Catalog& catalog, FieldsOf fields_of) {
    if (typed.empty()) return typed;
    std::vector<std::string_view> words;
    for (const DeviceRecord* device : catalog.devices())
        for (const std::string_view field : fields_of(*device))
            if (!field.empty() && std::ranges::find(words, field) == words.end()) words.push_back(field);
    if (std::ranges::find(words, std::string_view(typed)) != words.end()) return typed;
    std::ranges::sort(words);
    return no_such_choice(option, typed, words);
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

Result<std::string> known_vendor(const std::string& typed, const Catalog& catalog) {
    return known_word("--vendor", typed, catalog, [](const DeviceRecord& d) { return std::array{d.vendor}; });
}

Result<std::string> known_kind(const std::string& typed, const Catalog& catalog) {
    return known_word("--kind", typed, catalog, [](const DeviceRecord& d) { return std::array{d.kind, d.device_class}; });
}

}  // namespace fitcalc::cli
