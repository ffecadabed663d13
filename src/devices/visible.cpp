// Rules: NVIDIA, "CUDA C++ Programming Guide", CUDA Environment Variables, and "MIG User Guide", Device Enumeration; AMD,
// "GPU isolation techniques" of ROCm's documentation.
#include "visible.hpp"

#include <algorithm>
#include <vector>

#include "text.hpp"

namespace fitcalc {
namespace {

using Group = std::vector<Gpu*>;

// A GPU that is split counts once, as its first instance.
Group units(const Group& gpus) {
    Group units;
    for (Gpu* gpu : gpus) {
        const bool again = gpu->kind == GpuKind::slice && !units.empty() && units.back()->kind == GpuKind::slice &&
                           units.back()->parent_uuid == gpu->parent_uuid;
        if (!again) units.push_back(gpu);
    }
    return units;
}

// The GPU that one word of a list means: an index, the beginning of a UUID; nullptr for none.
Gpu* meant_by(std::string_view word, const Group& gpus) {
    if (const auto index = whole_number(word)) {
        const Group counted = units(gpus);
        return static_cast<std::uint64_t>(*index) < counted.size() ? counted[static_cast<std::size_t>(*index)] : nullptr;
    }
    if (!word.starts_with("GPU-") && !word.starts_with("MIG-")) return nullptr;
    Gpu* found = nullptr;
    for (Gpu* gpu : gpus) {
        const bool own = gpu->uuid.starts_with(word), parent = gpu->kind == GpuKind::slice && gpu->parent_uuid.starts_with(word);
        if (!own && !parent) continue;
        if (found != nullptr && !(parent && found->parent_uuid == gpu->parent_uuid)) return nullptr;  // not one GPU's beginning
        if (found == nullptr) found = gpu;
    }
    return found;
}

// What a list leaves, in its order. The first word that means nothing ends it.
Group listed(std::string_view list, const Group& gpus) {
    Group chosen;
    for (const std::string_view word : split(list, ',')) {
        Gpu* gpu = meant_by(trimmed(word), gpus);
        if (gpu == nullptr || std::ranges::find(chosen, gpu) != chosen.end()) break;
        chosen.push_back(gpu);
    }
    return chosen;
}

bool is_index(std::string_view list) { return whole_number(split(list, ',').front()).has_value(); }

bool all_alike(const Group& gpus) {
    return std::ranges::all_of(gpus, [&](const Gpu* gpu) { return gpu->name == gpus.front()->name; });
}

class Visibility {
public:
    Visibility(const Variables& variable, Machine& machine) : variable_{variable}, machine_{machine} {}

    void apply() {
        Group nvidia = of("nvidia"), amd = of("amd");
        const bool any_nvidia = !nvidia.empty();
        if (const auto list = variable_("CUDA_VISIBLE_DEVICES"); list && any_nvidia) {
            const bool by_bus = variable_("CUDA_DEVICE_ORDER") == std::optional<std::string>{"PCI_BUS_ID"};
            if (is_index(*list) && !by_bus && !all_alike(nvidia))
                machine_.unread.push_back({"what CUDA_VISIBLE_DEVICES=" + clean(*list) + " means",
                                           "CUDA counts the fastest GPU first, and only CUDA knows that order; read in the "
                                           "order of the bus (CUDA_DEVICE_ORDER=PCI_BUS_ID makes it so)"});
            keep(nvidia, *list, "CUDA_VISIBLE_DEVICES");
        }
        // HIP counts what ROCr leaves, and reads CUDA's variable where its own is not set.
        if (const auto list = variable_("ROCR_VISIBLE_DEVICES")) amd = keep(amd, *list, "ROCR_VISIBLE_DEVICES");
        if (const auto list = variable_("HIP_VISIBLE_DEVICES"))
            keep(amd, *list, "HIP_VISIBLE_DEVICES");
        else if (const auto cuda = variable_("CUDA_VISIBLE_DEVICES"); cuda && !any_nvidia)
            keep(amd, *cuda, "CUDA_VISIBLE_DEVICES");
    }

private:
    Group of(std::string_view vendor) {
        Group group;
        for (Gpu& gpu : machine_.gpus)
            if (gpu.vendor == vendor && gpu.problem.empty()) group.push_back(&gpu);
        return group;
    }

    // Reorders in place, so the group's addresses stay good.
    Group keep(const Group& group, std::string_view list, const char* name) {
        const Group chosen = listed(list, group);
        std::vector<Gpu> shown, hidden;
        for (const Gpu* gpu : chosen) shown.push_back(*gpu);
        for (Gpu* gpu : group)
            if (std::ranges::find(chosen, gpu) == chosen.end()) {
                gpu->hidden_by = name;
                hidden.push_back(*gpu);
            }
        Group left;
        for (std::size_t i = 0; i < group.size(); ++i) {
            *group[i] = std::move(i < shown.size() ? shown[i] : hidden[i - shown.size()]);
            if (i < shown.size()) left.push_back(group[i]);
        }
        return left;
    }

    const Variables& variable_;
    Machine& machine_;
};

}  // namespace

void apply_visibility(const Variables& variable, Machine& machine) { Visibility{variable, machine}.apply(); }

}  // namespace fitcalc
