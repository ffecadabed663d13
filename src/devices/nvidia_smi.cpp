#include <algorithm>
#include <array>

#include "fitcalc/text.hpp"
#include "nvml.hpp"
#include "text.hpp"

namespace fitcalc {
namespace {

// In the order asked for. nvidia-smi says "[N/A]" or "[Not Supported]" where it has nothing to say.
struct Field {
    std::string_view name;
    void (*take)(Gpu& gpu, std::string_view value);
};

std::optional<Bytes> mebibytes(std::string_view value) { return size_in(value, MiB); }

// "00000000:01:00.0" has a domain of eight digits, the kernel's has four.
std::string pci_address(std::string_view value) {
    const std::string address = lower_case(clean(value));
    return address.size() == 16 && address.starts_with("0000") ? address.substr(4) : address;
}

// "0x268410DE": the device above the vendor.
std::string pci_id(std::string_view value) {
    const auto number = hex_number(value);
    if (!number || trimmed(value).size() != 10) return {};
    const std::string hex = lower_case(clean(value).substr(2));
    return hex.substr(4) + ":" + hex.substr(0, 4);
}

constexpr std::array<Field, 15> fields{{
    {"name", [](Gpu& gpu, std::string_view value) { gpu.name = clean(value); }},
    {"uuid", [](Gpu& gpu, std::string_view value) { gpu.uuid = clean(value); }},
    {"memory.total", [](Gpu& gpu, std::string_view value) { gpu.memory = mebibytes(value); }},
    {"memory.reserved", [](Gpu& gpu, std::string_view value) { gpu.reserved = mebibytes(value); }},
    {"memory.used", [](Gpu& gpu, std::string_view value) { gpu.used = mebibytes(value); }},
    {"memory.free", [](Gpu& gpu, std::string_view value) { gpu.free = mebibytes(value); }},
    {"pci.bus_id", [](Gpu& gpu, std::string_view value) { gpu.pci_address = pci_address(value); }},
    {"pci.device_id", [](Gpu& gpu, std::string_view value) { gpu.pci_id = pci_id(value); }},
    {"compute_cap", [](Gpu& gpu, std::string_view value) { if (thousandths(value)) gpu.compute_capability = clean(value); }},
    {"driver_version", [](Gpu& gpu, std::string_view value) { gpu.driver_version = clean(value); }},
    {"pcie.link.gen.current", [](Gpu& gpu, std::string_view value) { gpu.pcie_generation = whole_number(value); }},
    {"pcie.link.gen.max", [](Gpu& gpu, std::string_view value) { gpu.pcie_generation_max = whole_number(value); }},
    {"pcie.link.width.current", [](Gpu& gpu, std::string_view value) { gpu.pcie_width = whole_number(value); }},
    {"pcie.link.width.max", [](Gpu& gpu, std::string_view value) { gpu.pcie_width_max = whole_number(value); }},
    {"power.limit", [](Gpu& gpu, std::string_view value) { gpu.power_limit_milliwatts = thousandths(value); }},
}};

bool said_nothing(std::string_view value) { return value.starts_with('[') || value == "N/A" || value == "Not Supported"; }

}  // namespace

std::string nvidia_smi_fields() {
    std::string names;
    for (const Field& field : fields) (names += names.empty() ? "" : ",") += field.name;
    return names;
}

FoundGpus read_nvidia_smi(std::string_view csv) {
    FoundGpus found;
    for (const std::string_view line : lines_of(csv)) {
        const auto values = split(line, ',');
        if (values.size() != fields.size()) {
            if (!trimmed(line).empty()) found.could_not("a line of nvidia-smi", "not the fields asked for: " + clean(line));
            continue;
        }
        Gpu gpu;
        gpu.vendor = "nvidia";
        gpu.driver = "nvidia";
        for (std::size_t i = 0; i < fields.size(); ++i)
            if (const std::string_view value = trimmed(values[i]); !said_nothing(value)) fields[i].take(gpu, value);
        if (gpu.name.empty()) {
            found.could_not("a line of nvidia-smi", "names no GPU: " + clean(line));
            continue;
        }
        if (gpu.memory == Bytes{}) gpu.memory = gpu.free = std::nullopt;
        // Without a total the memory is the host's, as on Grace and Jetson boards.
        if (gpu.memory)
            gpu.memory_source = "nvidia-smi";
        else if (said_nothing(trimmed(values[2])))
            gpu.kind = GpuKind::integrated;
        else
            gpu.problem = "nvidia-smi gives no believable size of its memory";
        found.gpus.push_back(std::move(gpu));
    }
    return found;
}

}  // namespace fitcalc
