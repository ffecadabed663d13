#include "match_device.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace fitcalc {
namespace {

// ECC takes a sixteenth of GDDR memory, and drivers keep a little: a record whose size is further off is another product.
constexpr std::int64_t tolerated_percent = 8;

using Candidates = std::vector<const DeviceRecord*>;

void add(Candidates& candidates, const DeviceRecord* record) {
    if (std::ranges::find(candidates, record) == candidates.end()) candidates.push_back(record);
}

void remove_all(std::string& text, std::string_view part) {
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part)) text.erase(at, part.size());
}

// "HBM3", "80GB", "Graphics": says nothing that tells products apart beside their memory.
bool noise(std::string_view word) {
    static constexpr std::array<std::string_view, 5> words{"Graphics", "Series", "OAM", "VF", "HF"};
    const bool size = word.ends_with("GB") && word.find_first_not_of("0123456789") == word.size() - 2;
    return size || word.starts_with("HBM") || word.starts_with("GDDR") || std::ranges::find(words, word) != words.end();
}

// Catalogs leave the maker out of short names.
void add_with_and_without_maker(const std::string& name, std::vector<std::string>& names) {
    names.push_back(name);
    for (const std::string_view maker : {"NVIDIA ", "AMD ", "Intel "})
        if (name.starts_with(maker)) names.push_back(name.substr(maker.size()));
}

// The name as the driver says it, and what remains of it without noise at its end.
void add_names(std::string name, std::vector<std::string>& names) {
    for (const char* mark : {"(R)", "(TM)", "(tm)"}) remove_all(name, mark);
    if (const std::size_t with = name.find(" w/ "); with != std::string::npos) name.resize(with);
    while (!name.empty()) {
        add_with_and_without_maker(name, names);
        const std::size_t space = name.find_last_of(' ');
        if (space == std::string::npos || !noise(std::string_view(name).substr(space + 1))) return;
        name.resize(space);
    }
}

std::vector<std::string> names_of(const Gpu& gpu, const Machine& machine) {
    std::vector<std::string> names;
    // "AMD Instinct MI60 / MI50" is either.
    const std::size_t slash = gpu.name.find(" / ");
    add_names(gpu.name.substr(0, slash), names);
    if (slash != std::string::npos) add_names(gpu.name.substr(slash + 3), names);
    if (gpu.vendor == "amd" && gpu.kind == GpuKind::integrated) add_names(machine.cpu.name, names);
    return names;
}

// What the record's memory is compared with: unified memory is sold as the whole of it.
std::optional<Bytes> memory_to_match(const Gpu& gpu, const Machine& machine) {
    if (gpu.kind != GpuKind::integrated || gpu.vendor == "apple") return gpu.memory;
    if (!machine.memory.total) return std::nullopt;
    return *machine.memory.total + (gpu.vendor == "amd" ? gpu.vram.value_or(Bytes{}) : Bytes{});
}

Bytes distance(Bytes a, Bytes b) { return a < b ? b - a : a - b; }

bool same_kind(const DeviceRecord& record, const Gpu& gpu) {
    return record.vendor == gpu.vendor && record.kind != "system" && record.unified() == (gpu.kind == GpuKind::integrated);
}

// "(40-core GPU)" in the name against what the chip has.
bool cores_agree(const DeviceRecord& record, const Gpu& gpu) {
    if (!gpu.gpu_cores || record.name.find("-core GPU") == std::string_view::npos) return true;
    return record.name.find("(" + std::to_string(*gpu.gpu_cores) + "-core GPU") != std::string_view::npos;
}

Candidates plausible(const Candidates& all, const Gpu& gpu, std::optional<Bytes> memory) {
    Candidates kept;
    for (const DeviceRecord* record : all) {
        if (!same_kind(*record, gpu) || !cores_agree(*record, gpu)) continue;
        const Bytes of_record{record->memory_bytes.value_or(0)};
        const bool near = !memory || of_record == Bytes{} ||
                          distance(of_record, *memory) * 100 <= std::max(of_record, *memory) * tolerated_percent;
        if (near) kept.push_back(record);
    }
    if (memory)
        std::ranges::stable_sort(kept, {}, [&](const DeviceRecord* record) {
            return distance(Bytes{record->memory_bytes.value_or(0)}, *memory);
        });
    return kept;
}

Candidates named(const Catalog& catalog, const Gpu& gpu, const Machine& machine) {
    Candidates candidates;
    for (const std::string& name : names_of(gpu, machine)) {
        const auto found = catalog.find_device(name);
        if (!found) continue;
        add(candidates, found->record);
        for (const DeviceRecord* other : found->passed_over) add(candidates, other);
    }
    return candidates;
}

}  // namespace

const DeviceRecord* match_device(const Catalog& catalog, const Gpu& gpu, const Machine& machine) {
    if (gpu.kind == GpuKind::slice) return nullptr;
    const auto memory = memory_to_match(gpu, machine);
    const Candidates by_name = plausible(named(catalog, gpu, machine), gpu, memory);
    Candidates by_id;
    for (const DeviceRecord* record : catalog.devices())
        if (std::ranges::find(record->pci_ids, std::string_view(gpu.pci_id)) != record->pci_ids.end()) by_id.push_back(record);
    by_id = plausible(by_id, gpu, memory);
    // Products of one chip share an id, and one name covers several chips: what both say is best.
    for (const DeviceRecord* record : by_name)
        if (std::ranges::find(by_id, record) != by_id.end()) return record;
    if (!by_name.empty()) return by_name.front();
    return by_id.size() == 1 ? by_id.front() : nullptr;
}

}  // namespace fitcalc
