#include "device_name.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "names.hpp"

namespace fitcalc {
namespace {

enum class Meaning {
    vendor,      // says whose it is and no more
    line,        // a product line: "RTX 4090" is often just "4090"
    old_line,    // a vendor's word that also tells a product from its namesake: Quadro RTX 6000
    variant,     // one of several of the same identity
    generation,  // a chip generation: a variant, or the record's architecture
    filler,      // says nothing
};

struct Word {
    std::string_view text;
    Meaning meaning;
    std::string_view stands_for;  // vendor, or the variant's one spelling
};

constexpr std::array words{
    Word{"nvidia", Meaning::vendor, "nvidia"},     Word{"geforce", Meaning::vendor, "nvidia"},
    Word{"tesla", Meaning::vendor, "nvidia"},      Word{"amd", Meaning::vendor, "amd"},
    Word{"ati", Meaning::vendor, "amd"},           Word{"radeon", Meaning::vendor, "amd"},
    Word{"instinct", Meaning::vendor, "amd"},      Word{"ryzen", Meaning::vendor, "amd"},
    Word{"intel", Meaning::vendor, "intel"},       Word{"apple", Meaning::vendor, "apple"},
    Word{"silicon", Meaning::vendor, "apple"},     Word{"quadro", Meaning::old_line, "nvidia"},
    Word{"rtx", Meaning::line, "rtx"},             Word{"gtx", Meaning::line, "gtx"},
    Word{"rx", Meaning::line, "rx"},               Word{"arc", Meaning::line, "arc"},
    Word{"laptop", Meaning::variant, "laptop"},    Word{"mobile", Meaning::variant, "laptop"},
    Word{"notebook", Meaning::variant, "laptop"},  Word{"sxm", Meaning::variant, "sxm"},
    Word{"pcie", Meaning::variant, "pcie"},        Word{"nvl", Meaning::variant, "nvl"},
    Word{"maxq", Meaning::variant, "maxq"},        Word{"server", Meaning::variant, "server"},
    Word{"sff", Meaning::variant, "sff"},          Word{"ada", Meaning::generation, "ada"},
    Word{"blackwell", Meaning::generation, "blackwell"}, Word{"hopper", Meaning::generation, "hopper"},
    Word{"ampere", Meaning::generation, "ampere"}, Word{"turing", Meaning::generation, "turing"},
    Word{"volta", Meaning::generation, "volta"},   Word{"pascal", Meaning::generation, "pascal"},
    Word{"lovelace", Meaning::filler, ""},         Word{"gpu", Meaning::filler, ""},
    Word{"gpus", Meaning::filler, ""},             Word{"graphics", Meaning::filler, ""},
    Word{"card", Meaning::filler, ""},             Word{"cards", Meaning::filler, ""},
    Word{"generation", Meaning::filler, ""},       Word{"edition", Meaning::filler, ""},
    Word{"founders", Meaning::filler, ""},         Word{"workstation", Meaning::filler, ""},
    Word{"desktop", Meaning::filler, ""},          Word{"vram", Meaning::filler, ""},
    Word{"memory", Meaning::filler, ""},           Word{"ram", Meaning::filler, ""},
    Word{"unified", Meaning::filler, ""},          Word{"with", Meaning::filler, ""},
    Word{"chip", Meaning::filler, ""},             Word{"accelerator", Meaning::filler, ""},
    Word{"corporation", Meaning::filler, ""},      Word{"core", Meaning::filler, ""},
    Word{"cores", Meaning::filler, ""},
};

const Word* word_of(std::string_view text) {
    const auto found = std::ranges::find(words, text, &Word::text);
    return found == words.end() ? nullptr : &*found;
}

constexpr std::int64_t most_gigabytes = 1'000'000;

bool one_of(std::string_view text, std::initializer_list<std::string_view> choices) {
    return std::ranges::find(choices, text) != choices.end();
}

void add_once(std::vector<std::string>& to, std::string_view text) {
    if (std::ranges::find(to, text) == to.end()) to.emplace_back(text);
}

std::optional<std::int64_t> whole(const NamePart& part) {
    std::int64_t value = 0;
    const char* end = part.text.data() + part.text.size();
    if (!part.number || std::from_chars(part.text.data(), end, value).ptr != end) return std::nullopt;
    return value;
}

// "geforcertx" and "rtxa" are words and letters without a space between them.
void unglue(std::vector<NamePart>& parts) {
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (parts[i].number || word_of(parts[i].text)) continue;
        for (const Word& word : words) {
            const bool leads = word.meaning == Meaning::vendor || word.meaning == Meaning::line || word.meaning == Meaning::old_line;
            const bool trails = word.stands_for == "laptop";
            const std::string& text = parts[i].text;
            std::string first, second;
            if (leads && text.starts_with(word.text)) {
                first = word.text;
                second = text.substr(word.text.size());
            } else if (trails && text.ends_with(word.text)) {
                first = text.substr(0, text.size() - word.text.size());
                second = word.text;
            } else {
                continue;
            }
            parts[i].text = first;
            parts.insert(parts.begin() + static_cast<std::ptrdiff_t>(i) + 1, NamePart{second, false, true});
            break;
        }
    }
}

class Reader {
public:
    explicit Reader(std::string_view text) : parts_{name_parts(text)} { unglue(parts_); }

    DeviceName read() {
        while (at_ < parts_.size())
            if (!(memory() || cores() || count() || screen() || with() || machine() || memory_type() || max_q() || known_word())) identity();
        return std::move(name_);
    }

private:
    const NamePart* next(std::size_t ahead) const { return at_ + ahead < parts_.size() ? &parts_[at_ + ahead] : nullptr; }
    bool says(std::size_t ahead, std::initializer_list<std::string_view> choices) const {
        const NamePart* part = next(ahead);
        return part && one_of(part->text, choices);
    }
    bool attached(std::size_t ahead) const { return next(ahead) && next(ahead)->attached; }
    bool took(std::size_t parts) {
        at_ += parts;
        return true;
    }

    // 16GB, 16 GB, 16g, 1TB
    bool memory() {
        const auto size = whole(parts_[at_]);
        if (!size || *size <= 0 || *size > most_gigabytes) return false;
        const bool gigabytes = says(1, {"gb", "gib"}) || (says(1, {"g", "gig"}) && attached(1));
        const bool terabytes = says(1, {"tb", "tib"});
        if (!gigabytes && !terabytes) return false;
        name_.memory_gb = terabytes ? *size * 1024 : *size;
        return took(2);
    }
    // 40-core, 40 cores, 40c; those of the CPU don't tell
    bool cores() {
        const auto number = whole(parts_[at_]);
        if (!number || !(says(1, {"core", "cores"}) || (says(1, {"c"}) && attached(1)))) return false;
        if (says(2, {"cpu"})) return took(3);
        name_.cores = *number;
        return took(2);
    }
    // 8x, within a box's name
    bool count() {
        const auto number = whole(parts_[at_]);
        if (!number || !says(1, {"x"}) || !attached(1) || attached(2)) return false;
        name_.count = *number;
        return took(2);
    }
    bool screen() { return parts_[at_].number && says(1, {"inch"}) && took(2); }
    // "w/ Radeon 8060S"
    bool with() { return says(0, {"w"}) && !attached(1) && took(1); }
    // The Mac around a chip.
    bool machine() {
        const bool macbook = says(0, {"macbook"}), mac = says(0, {"mac"}), imac = says(0, {"imac"});
        if (!macbook && !mac && !imac) return false;
        name_.vendor = "apple";
        const bool two = macbook ? says(1, {"pro", "air"}) : mac ? says(1, {"studio", "mini", "pro"}) : says(1, {"pro"});
        return took(two ? 2 : 1);
    }
    bool memory_type() {
        if (!says(0, {"hbm", "gddr", "ddr", "lpddr"}) || !next(1) || !next(1)->number || !attached(1)) return false;
        const bool suffix = says(2, {"x", "e"}) && attached(2);
        name_.memory_types.push_back(parts_[at_].text + parts_[at_ + 1].text + (suffix ? parts_[at_ + 2].text : ""));
        return took(suffix ? 3 : 2);
    }
    bool max_q() {
        if (!says(0, {"max"}) || !says(1, {"q"})) return false;
        add_once(name_.variants, "maxq");
        return took(2);
    }
    bool known_word() {
        const Word* word = word_of(parts_[at_].text);
        if (!word) return false;
        const bool numbered = next(1) && next(1)->number && attached(1);
        if (word->text == "nvl" && numbered) return false;  // NVL72 is a rack
        switch (word->meaning) {
            case Meaning::old_line: add_once(name_.variants, word->text); [[fallthrough]];
            case Meaning::vendor: name_.vendor = word->stands_for; break;
            case Meaning::line: add_once(name_.lines, word->text); break;
            case Meaning::variant:
            case Meaning::generation: add_once(name_.variants, word->stands_for); break;
            case Meaning::filler: break;
        }
        // SXM5 and SXM are the same to a name.
        return took(word->text == "sxm" && numbered ? 2 : 1);
    }
    void identity() {
        const NamePart& part = parts_[at_++];
        for (const char c : part.text)
            if (c != '.') name_.identity += c;
        const auto number = whole(part);
        name_.number_at_end = number && *number <= most_gigabytes && !part.attached ? part.text.size() : 0;
    }

    std::vector<NamePart> parts_;
    std::size_t at_ = 0;
    DeviceName name_;
};

void add_qualifiers(DeviceName& to, const DeviceName& from) {
    for (const auto& line : from.lines) add_once(to.lines, line);
    for (const auto& variant : from.variants) add_once(to.variants, variant);
    for (const auto& type : from.memory_types) add_once(to.memory_types, type);
    if (to.vendor.empty()) to.vendor = from.vendor;
    if (!to.memory_gb) to.memory_gb = from.memory_gb;
    if (!to.cores) to.cores = from.cores;
    if (!to.count) to.count = from.count;
}

// The text outside brackets, then each bracketed part. Trade marks and a Vulkan driver's own name for the chip,
// "(RADV NAVI31)", are no part of a name.
std::vector<std::string> bracketed(std::string_view text) {
    std::vector<std::string> parts{""};
    bool inside = false;
    for (const char c : text) {
        if (c == '(' || c == '[') {
            parts.emplace_back();
            inside = true;
        } else if (c == ')' || c == ']') {
            inside = false;
            const std::string key = name_key(parts.back());
            if (parts.size() > 1 && (one_of(key, {"r", "tm", "c"}) || key.starts_with("radv"))) parts.pop_back();
            parts.front() += ' ';
        } else {
            (inside ? parts.back() : parts.front()) += c;
        }
    }
    return parts;
}

bool said_by_architecture(std::string_view variant, const DeviceRecord& device) {
    const Word* word = word_of(variant);
    return word && word->meaning == Meaning::generation && name_key(device.architecture).find(variant) != std::string::npos;
}

bool sold_with(const DeviceRecord& device, std::int64_t gigabytes) {
    if (!device.marketed_memory_bytes) return false;
    const std::int64_t bytes = *device.marketed_memory_bytes;
    return bytes == gigabytes << 30 || bytes == gigabytes * 1'000'000'000;
}

template <class Has>
bool any_name(const std::vector<DeviceName>& names, Has has) {
    return std::ranges::any_of(names, has);
}

template <class T>
bool holds(const std::vector<T>& list, const T& item) {
    return std::ranges::find(list, item) != list.end();
}

bool contradicts(const DeviceName& typed, const DeviceRecord& device, const std::vector<DeviceName>& names) {
    if (!typed.vendor.empty() && typed.vendor != device.vendor) return true;
    for (const auto& line : typed.lines)
        if (!any_name(names, [&](const DeviceName& n) { return holds(n.lines, line); })) return true;
    for (const auto& variant : typed.variants) {
        const Word* word = word_of(variant);
        if (word && word->meaning == Meaning::old_line) continue;  // the vendor was compared
        if (said_by_architecture(variant, device)) continue;
        if (!any_name(names, [&](const DeviceName& n) { return holds(n.variants, variant); })) return true;
    }
    for (const auto& type : typed.memory_types)
        if (name_key(device.memory_type) != type && !any_name(names, [&](const DeviceName& n) { return holds(n.memory_types, type); }))
            return true;
    if (typed.memory_gb && !sold_with(device, *typed.memory_gb) &&
        !any_name(names, [&](const DeviceName& n) { return n.memory_gb == typed.memory_gb; }))
        return true;
    // Most records don't name their cores: all bins of a chip are one.
    if (typed.cores && any_name(names, [](const DeviceName& n) { return n.cores.has_value(); }) &&
        !any_name(names, [&](const DeviceName& n) { return n.cores == typed.cores; }))
        return true;
    return typed.count && !any_name(names, [&](const DeviceName& n) { return n.count == typed.count; });
}

std::size_t unsaid_by(const DeviceName& typed, const DeviceName& name) {
    std::size_t missing = 0;
    for (const auto& variant : name.variants) missing += !holds(typed.variants, variant);
    for (const auto& type : name.memory_types) missing += !holds(typed.memory_types, type);
    missing += name.memory_gb && !typed.memory_gb;
    missing += name.cores && !typed.cores;
    missing += name.count && !typed.count;
    return missing;
}

}  // namespace

DeviceName DeviceName::with_number_as_memory() const {
    DeviceName name = *this;
    std::int64_t gigabytes = 0;
    const char* end = identity.data() + identity.size();
    std::from_chars(end - number_at_end, end, gigabytes);
    name.identity.resize(identity.size() - number_at_end);
    name.memory_gb = gigabytes;
    name.number_at_end = 0;
    return name;
}

std::vector<DeviceName> device_names(std::string_view text) {
    std::vector<DeviceName> names;
    DeviceName shared;
    for (const std::string& part : bracketed(text)) {
        DeviceName name = Reader(part).read();
        if (name.identity.empty())
            add_qualifiers(shared, name);
        else
            names.push_back(std::move(name));
    }
    if (names.empty()) return names;
    DeviceName outside = names.front();
    outside.lines.clear();
    for (DeviceName& name : names) {
        add_qualifiers(name, shared);
        add_qualifiers(name, outside);
    }
    return names;
}

std::vector<DeviceName> names_of(const DeviceRecord& device) {
    std::vector<DeviceName> all;
    const auto add = [&](std::string_view text) {
        // What a box holds stands in brackets and is no name of the box.
        if (!device.members.empty()) text = text.substr(0, text.find('('));
        for (DeviceName& name : device_names(text)) all.push_back(std::move(name));
    };
    add(device.id);
    add(device.name);
    for (const auto alias : device.aliases) add(alias);
    return all;
}

std::optional<std::size_t> unsaid(const DeviceName& typed, const DeviceRecord& device, const std::vector<DeviceName>& names) {
    if (contradicts(typed, device, names)) return std::nullopt;
    std::optional<std::size_t> least;
    for (const DeviceName& name : names) {
        if (!typed.identity.empty() && name.identity != typed.identity) continue;
        const std::size_t missing = unsaid_by(typed, name);
        least = std::min(least.value_or(missing), missing);
    }
    return least;
}

}  // namespace fitcalc
