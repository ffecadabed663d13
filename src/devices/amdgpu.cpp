// amdgpu's files (Linux, Documentation/gpu/amdgpu/driver-misc.rst: mem_info_*, product_name) and the kfd topology.
#include <algorithm>
#include <array>
#include <cstdio>
#include <map>

#include "sysfs_gpus.hpp"
#include "text.hpp"

namespace fitcalc {
namespace {

constexpr std::size_t short_file = 4096;
constexpr std::size_t names_file = 1 << 20;
const std::string kfd_nodes = "/sys/class/kfd/kfd/topology/nodes/";

// Processors with graphics (llvm, AMDGPUUsage, "APU" in the table of processors).
constexpr std::array<std::string_view, 14> apu_targets{"gfx902",  "gfx909",  "gfx90c",  "gfx1013", "gfx1033",
                                                       "gfx1035", "gfx1036", "gfx1037", "gfx1103", "gfx1150",
                                                       "gfx1151", "gfx1152", "gfx1153", "gfx1170"};

struct KfdNode {
    std::int64_t order = 0;
    std::string gfx;
};

// kfd's GPUs by PCI address. `location_id` is bus, device and function as PCI packs them.
std::map<std::string, KfdNode> kfd_gpus(const Probe& probe) {
    std::map<std::string, KfdNode> gpus;
    for (const std::string& name : probe.list(kfd_nodes)) {
        const auto order = whole_number(name);
        const auto text = probe.read(kfd_nodes + name + "/properties", short_file);
        if (!order || !text) continue;
        const auto number = [&](std::string_view key) -> std::int64_t {
            const auto value = value_after(*text, key);
            return value ? whole_number(*value).value_or(0) : 0;
        };
        const std::int64_t version = number("gfx_target_version"), location = number("location_id");
        if (version <= 0 || location <= 0) continue;  // a processor's node
        std::array<char, 32> address{};
        std::snprintf(address.data(), address.size(), "%04x:%02x:%02x.%x", static_cast<unsigned>(number("domain") & 0xFFFF),
                      static_cast<unsigned>(location >> 8 & 0xFF), static_cast<unsigned>(location >> 3 & 0x1F),
                      static_cast<unsigned>(location & 7));
        gpus[address.data()] = {*order, gfx_name(version)};
    }
    return gpus;
}

// The machine's own list of names, newer or older than ours.
std::string name_in_libdrm(const Probe& probe, const PciDevice& device) {
    const auto list = probe.read("/usr/share/libdrm/amdgpu.ids", names_file);
    if (!list) return {};
    for (const std::string_view line : lines_of(*list)) {
        const auto parts = split(line, ',');
        if (parts.size() >= 3 && hex_number(parts[0]) == device.device && hex_number(parts[1]) == device.revision)
            return clean(parts[2]);
    }
    return {};
}

std::optional<Bytes> size_file(const Probe& probe, const PciDevice& device, const std::string& name, FoundGpus& found) {
    const auto text = probe.read(device.path + "/" + name, short_file);
    if (!text) {
        if (!device.driver.empty()) found.could_not(device.address + " " + name, text.error().reason);
        return std::nullopt;
    }
    const auto size = size_in(*text);
    if (!size) found.could_not(device.address + " " + name, "not a believable size: '" + clean(*text) + "'");
    return size;
}

Bytes left(Bytes total, Bytes used) { return std::max(Bytes{}, total - used); }

// ROCm's name of the GPU, from the 64 bits of its id.
std::string uuid_of(std::string_view id) {
    id = trimmed(id);
    const bool whole = id.size() == 16 && id.find_first_not_of("0123456789abcdef") == std::string_view::npos;
    return whole ? "GPU-" + std::string(id) : std::string{};
}

// Engines use the larger of the two pools on a processor with graphics: kfd prefers the host's memory where the part set
// aside is smaller (Linux, amdgpu_amdkfd.c, apu_prefer_gtt); Vulkan may add both up.
void choose_pool(Gpu& gpu, std::optional<Bytes> vram_used, std::optional<Bytes> gtt_used) {
    const bool host = gpu.kind == GpuKind::integrated && gpu.gtt && (!gpu.vram || *gpu.gtt > *gpu.vram);
    const auto& total = host ? gpu.gtt : gpu.vram;
    const auto& used = host ? gtt_used : vram_used;
    if (!total || *total == Bytes{}) return;
    gpu.memory = total;
    gpu.memory_source = "amdgpu";
    if (!used) return;
    gpu.used = used;
    gpu.free = left(*total, *used);
}

}  // namespace

std::string gfx_name(std::int64_t version) {
    const std::int64_t major = version / 10000, minor = version / 100 % 100, step = version % 100;
    if (version <= 0 || major > 99 || minor > 15 || step > 15) return {};
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "gfx%d%x%x", static_cast<int>(major), static_cast<unsigned>(minor),
                  static_cast<unsigned>(step));
    return text.data();
}

Gpu amd_gpu(const Probe& probe, const PciDevice& device, std::string_view gfx_target, FoundGpus& found) {
    Gpu gpu = gpu_at(probe, device, "amd");
    gpu.gfx_target = gfx_target;
    if (std::ranges::find(apu_targets, gfx_target) != apu_targets.end()) gpu.kind = GpuKind::integrated;
    if (const auto id = probe.read(device.path + "/unique_id", short_file)) gpu.uuid = uuid_of(*id);
    const auto product = probe.read(device.path + "/product_name", short_file);
    std::string name = product ? clean(*product) : std::string{};
    if (name.empty()) name = name_in_libdrm(probe, device);
    if (!name.empty()) gpu.name = name;
    if (gpu.name.empty()) gpu.name = "AMD GPU " + gpu.pci_id;
    if (device.driver != "amdgpu") {
        if (gpu.problem.empty()) gpu.problem = "its driver is " + device.driver + ", not amdgpu";
        return gpu;
    }
    gpu.vram = size_file(probe, device, "mem_info_vram_total", found);
    gpu.gtt = size_file(probe, device, "mem_info_gtt_total", found);
    const auto vram_used = size_file(probe, device, "mem_info_vram_used", found);
    const auto gtt_used = size_file(probe, device, "mem_info_gtt_used", found);
    choose_pool(gpu, vram_used, gtt_used);
    if (!gpu.memory) gpu.problem = "its driver does not say its memory";
    return gpu;
}

FoundGpus sysfs_gpus(const Probe& probe) {
    FoundGpus found;
    const auto kfd = kfd_gpus(probe);
    auto devices = display_devices(probe);
    const auto order = [&](const PciDevice& device) {
        const auto node = kfd.find(device.address);
        return node == kfd.end() ? INT64_MAX : node->second.order;
    };
    std::ranges::stable_sort(devices, {}, order);
    for (const PciDevice& device : devices) {
        if (device.driver == "vfio-pci") {
            found.could_not("GPU at " + device.address, "it is given to a virtual machine (vfio-pci)");
            continue;
        }
        if (device.vendor == pci_vendor_amd) {
            const auto node = kfd.find(device.address);
            found.gpus.push_back(amd_gpu(probe, device, node == kfd.end() ? std::string{} : node->second.gfx, found));
        }
        if (device.vendor == pci_vendor_intel) found.gpus.push_back(intel_gpu(probe, device, found));
        if (device.vendor == pci_vendor_nvidia) found.gpus.push_back(nvidia_gpu(probe, device));
    }
    return found;
}

}  // namespace fitcalc
