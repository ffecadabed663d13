// NVML's C interface as its documentation gives it (NVIDIA, "NVML API Reference Guide", R550: Device Queries, Multi
// Instance GPU Management): names, structures, error codes. No header of NVIDIA's is needed to build.
#include "nvml.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

#include "text.hpp"

namespace fitcalc {
namespace {

using Return = int;
using Device = void*;

constexpr Return success = 0;
constexpr Return not_supported = 3;
constexpr unsigned most_gpus = 256;
constexpr unsigned most_slices = 16;
constexpr unsigned most_links = 18;  // NVML_NVLINK_MAX_LINKS

struct Memory {
    unsigned long long total, free, used;  // used: with what the driver reserves
};

struct MemoryV2 {
    unsigned version;
    unsigned long long total, reserved, free, used;
};
constexpr unsigned memory_v2 = sizeof(MemoryV2) | 2u << 24;

struct PciInfo {
    char legacy_bus_id[16];
    unsigned domain, bus, device, pci_device_id, pci_subsystem_id;
    char bus_id[32];
};

template <std::size_t size>
std::string text(const std::array<char, size>& buffer) {
    return clean(std::string_view(buffer.data(), size).substr(0, std::string_view(buffer.data(), size).find('\0')));
}

std::optional<Bytes> bytes(unsigned long long count) {
    return count > static_cast<unsigned long long>(INT64_MAX) ? std::nullopt : believable(static_cast<std::int64_t>(count));
}

class Nvml {
public:
    explicit Nvml(const Library& library) : library_{library} {}

    // What the call of this name returns; not_supported where the library lacks it.
    template <class... Arguments>
    Return call(const char* name, Arguments... arguments) const {
        using Function = Return (*)(Arguments...);
        const auto function = reinterpret_cast<Function>(library_.symbol(name));
        return function == nullptr ? not_supported : function(arguments...);
    }

    std::string error(Return code) const {
        using Function = const char* (*)(Return);
        const auto function = reinterpret_cast<Function>(library_.symbol("nvmlErrorString"));
        const char* words = function == nullptr ? nullptr : function(code);
        std::string text = words == nullptr ? "error " + std::to_string(code) : clean(words);
        if (text.ends_with('.')) text.pop_back();
        return text;
    }

    std::string text_of(const char* name, Device device) const {
        std::array<char, 97> buffer{};
        if (call(name, device, buffer.data(), unsigned{96}) != success) return {};
        return text(buffer);
    }

    std::optional<std::int64_t> number(const char* name, Device device) const {
        unsigned value = 0;
        if (call(name, device, &value) != success) return std::nullopt;
        return value;
    }

private:
    const Library& library_;
};

// Returns why not, or nothing.
std::optional<Return> read_memory(const Nvml& nvml, Device device, Gpu& gpu) {
    gpu.memory_source = "NVML";
    MemoryV2 second{memory_v2, 0, 0, 0, 0};
    if (nvml.call("nvmlDeviceGetMemoryInfo_v2", device, &second) == success && second.total > 0) {
        gpu.memory = bytes(second.total);
        gpu.reserved = bytes(second.reserved);
        gpu.free = bytes(second.free);
        gpu.used = bytes(second.used);
        return std::nullopt;
    }
    Memory first{};
    const Return code = nvml.call("nvmlDeviceGetMemoryInfo", device, &first);
    if (code == success && first.total > 0) {
        gpu.memory = bytes(first.total);
        gpu.free = bytes(first.free);
        gpu.used = bytes(first.used);
        return std::nullopt;
    }
    gpu.memory_source.clear();
    return code == success ? not_supported : code;
}

std::optional<std::int64_t> links_up(const Nvml& nvml, Device device) {
    std::optional<std::int64_t> up;
    for (unsigned link = 0; link < most_links; ++link) {
        int active = 0;
        if (nvml.call("nvmlDeviceGetNvLinkState", device, link, &active) != success) continue;
        up = up.value_or(0) + (active == 1 ? 1 : 0);
    }
    return up;
}

void read_pci(const Nvml& nvml, Device device, Gpu& gpu) {
    PciInfo pci{};
    if (nvml.call("nvmlDeviceGetPciInfo_v3", device, &pci) != success) return;
    std::array<char, 32> line{};
    std::snprintf(line.data(), line.size(), "%04x:%02x:%02x.0", pci.domain & 0xFFFFFFu, pci.bus & 0xFFu, pci.device & 0xFFu);
    gpu.pci_address = line.data();
    std::snprintf(line.data(), line.size(), "%04x:%04x", pci.pci_device_id & 0xFFFFu, pci.pci_device_id >> 16);
    gpu.pci_id = line.data();
}

Gpu read_gpu(const Nvml& nvml, Device device, FoundGpus& found) {
    Gpu gpu;
    gpu.vendor = "nvidia";
    gpu.driver = "nvidia";
    gpu.name = nvml.text_of("nvmlDeviceGetName", device);
    gpu.uuid = nvml.text_of("nvmlDeviceGetUUID", device);
    read_pci(nvml, device, gpu);
    int major = 0, minor = 0;
    if (nvml.call("nvmlDeviceGetCudaComputeCapability", device, &major, &minor) == success && major > 0 && major < 100 &&
        minor >= 0 && minor < 100)
        gpu.compute_capability = std::to_string(major) + "." + std::to_string(minor);
    gpu.pcie_generation = nvml.number("nvmlDeviceGetCurrPcieLinkGeneration", device);
    gpu.pcie_generation_max = nvml.number("nvmlDeviceGetMaxPcieLinkGeneration", device);
    gpu.pcie_width = nvml.number("nvmlDeviceGetCurrPcieLinkWidth", device);
    gpu.pcie_width_max = nvml.number("nvmlDeviceGetMaxPcieLinkWidth", device);
    gpu.power_limit_milliwatts = nvml.number("nvmlDeviceGetPowerManagementLimit", device);
    gpu.nvlinks = links_up(nvml, device);
    const auto code = read_memory(nvml, device, gpu);
    if (code == not_supported) gpu.kind = GpuKind::integrated;  // as on Grace and Jetson boards: it is the host's
    if (code && code != not_supported) {
        gpu.problem = "its driver does not say its memory: " + nvml.error(*code);
        found.could_not("NVML memory of " + gpu.name, nvml.error(*code));
    }
    return gpu;
}

// The instances of a GPU that is split.
void read_slices(const Nvml& nvml, Device device, const Gpu& whole, FoundGpus& found) {
    unsigned most = 0;
    if (nvml.call("nvmlDeviceGetMaxMigDeviceCount", device, &most) != success) return;
    for (unsigned index = 0; index < std::min(most, most_slices); ++index) {
        Device slice = nullptr;
        if (nvml.call("nvmlDeviceGetMigDeviceHandleByIndex", device, index, &slice) != success) continue;
        Gpu gpu = whole;
        gpu.kind = GpuKind::slice;
        gpu.parent_uuid = whole.uuid;
        gpu.uuid = nvml.text_of("nvmlDeviceGetUUID", slice);
        if (std::string name = nvml.text_of("nvmlDeviceGetName", slice); !name.empty()) gpu.name = std::move(name);
        gpu.memory = gpu.reserved = gpu.used = gpu.free = std::nullopt;
        gpu.power_limit_milliwatts = gpu.nvlinks = std::nullopt;
        if (const auto code = read_memory(nvml, slice, gpu)) {
            gpu.problem = "its driver does not say its memory: " + nvml.error(*code);
            found.could_not("NVML memory of " + gpu.name, nvml.error(*code));
        }
        found.gpus.push_back(std::move(gpu));
    }
}

}  // namespace

Reading<FoundGpus> ask_nvml(const Library& library) {
    const Nvml nvml{library};
    if (library.symbol("nvmlInit_v2") == nullptr) return refused("is not NVML: it has no nvmlInit_v2");
    if (const Return code = nvml.call("nvmlInit_v2"); code != success) return refused(nvml.error(code));
    std::array<char, 97> driver{};
    nvml.call("nvmlSystemGetDriverVersion", driver.data(), unsigned{96});
    unsigned count = 0;
    if (const Return code = nvml.call("nvmlDeviceGetCount_v2", &count); code != success) return refused(nvml.error(code));
    FoundGpus found;
    for (unsigned index = 0; index < std::min(count, most_gpus); ++index) {
        Device device = nullptr;
        if (const Return code = nvml.call("nvmlDeviceGetHandleByIndex_v2", index, &device); code != success) {
            found.could_not("NVIDIA GPU " + std::to_string(index), nvml.error(code));
            continue;
        }
        Gpu gpu = read_gpu(nvml, device, found);
        gpu.driver_version = text(driver);
        unsigned mode = 0, pending = 0;
        const bool split = nvml.call("nvmlDeviceGetMigMode", device, &mode, &pending) == success && mode == 1;
        const std::size_t before = found.gpus.size();
        if (split) read_slices(nvml, device, gpu, found);
        if (found.gpus.size() > before) continue;
        if (split) gpu.problem = "MIG is on, but it has no instances";
        found.gpus.push_back(std::move(gpu));
    }
    nvml.call("nvmlShutdown");
    return found;
}

}  // namespace fitcalc
