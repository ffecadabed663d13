#include <algorithm>
#include <set>

#include "fitcalc/text.hpp"
#include "host.hpp"
#include "text.hpp"

namespace fitcalc {
namespace {

constexpr unsigned memory_device = 17;

// One structure: its formatted part, and the texts behind it.
struct Structure {
    std::string_view formatted;
    std::vector<std::string_view> texts;

    std::int64_t number(std::size_t offset, std::size_t bytes) const {
        if (offset + bytes > formatted.size()) return 0;
        std::int64_t value = 0;
        for (std::size_t i = bytes; i-- > 0;) value = value << 8 | static_cast<unsigned char>(formatted[offset + i]);
        return value;
    }
    std::string text(std::size_t offset) const {
        const auto index = static_cast<std::size_t>(number(offset, 1));
        return index >= 1 && index <= texts.size() ? clean(texts[index - 1]) : std::string{};
    }
};

// Takes the first structure off the table; false at its end or where it is malformed.
bool take(std::string_view& table, Structure& structure) {
    if (table.size() < 4) return false;
    const auto length = static_cast<std::size_t>(static_cast<unsigned char>(table[1]));
    if (length < 4 || length > table.size()) return false;
    structure = {table.substr(0, length), {}};
    table.remove_prefix(length);
    // Texts end with a zero each, the last with two; without texts there are two.
    while (true) {
        const std::size_t end = table.find('\0');
        if (end == std::string_view::npos) return false;
        if (end > 0) structure.texts.push_back(table.substr(0, end));
        table.remove_prefix(end + 1);
        if (end > 0) {
            if (!table.starts_with('\0')) continue;
            table.remove_prefix(1);
            return true;
        }
        if (structure.texts.empty() && table.starts_with('\0')) table.remove_prefix(1);
        return true;
    }
}

std::string_view type_name(std::int64_t type) {
    switch (type) {
        case 0x18: return "DDR3";
        case 0x1A: return "DDR4";
        case 0x1B: return "LPDDR";
        case 0x1C: return "LPDDR2";
        case 0x1D: return "LPDDR3";
        case 0x1E: return "LPDDR4";
        case 0x20: return "HBM";
        case 0x21: return "HBM2";
        case 0x22: return "DDR5";
        case 0x23: return "LPDDR5";
        case 0x24: return "HBM3";
        default: return {};
    }
}

// What names the channel in a locator ("P0 CHANNEL A", "ChannelB-DIMM0"): all up to the letter or number after the word.
std::string channel_of(std::string_view text) {
    const std::string locator = upper_case(text);
    std::size_t at = locator.find("CHANNEL");
    if (at == std::string::npos) return {};
    at = locator.find_first_not_of(" _-", at + 7);
    return at == std::string::npos ? std::string{} : locator.substr(0, at + 1);
}

}  // namespace

void read_smbios(std::string_view table, HostMemory& memory) {
    std::int64_t modules = 0, unnamed = 0;
    std::set<std::int64_t> speeds;
    std::set<std::string> channels;
    std::set<std::string_view> types;
    Structure structure;
    while (take(table, structure)) {
        if (structure.number(0, 1) != memory_device) continue;
        const std::int64_t size = structure.number(0x0C, 2);
        if (size == 0 || structure.formatted.size() < 0x15) continue;  // an empty slot
        ++modules;
        types.insert(type_name(structure.number(0x12, 1)));
        const std::int64_t configured = structure.number(0x20, 2), rated = structure.number(0x15, 2);
        speeds.insert(configured > 0 && configured < 0xFFFF ? configured : rated);
        std::string channel = channel_of(structure.text(0x11));
        if (channel.empty()) channel = channel_of(structure.text(0x10));
        if (channel.empty()) ++unnamed;
        channels.insert(std::move(channel));
    }
    if (modules == 0) return;
    memory.modules = modules;
    if (types.size() == 1) memory.type = *types.begin();
    // All run at the slowest one's speed.
    if (*speeds.begin() > 0 && *speeds.begin() < 0xFFFF) memory.megatransfers_per_second = *speeds.begin();
    if (unnamed == 0) memory.channels = static_cast<std::int64_t>(channels.size());
}

}  // namespace fitcalc
