// Intel's files. xe: device/tile<n>/physical_vram_size_bytes (what intel-gpu-tools reads). i915: lmem_total_bytes and
// lmem_avail_bytes of the card exist in Intel's own driver packages; the kernel's i915 publishes no size at all.
#include "sysfs_gpus.hpp"
#include "text.hpp"

namespace fitcalc {
namespace {

constexpr std::size_t short_file = 4096;

std::optional<Bytes> size_file(const Probe& probe, const std::string& path, FoundGpus& found) {
    const auto text = probe.read(path, short_file);
    if (!text) {
        if (!text.error().absent) found.could_not(path, text.error().reason);
        return std::nullopt;
    }
    const auto size = size_in(*text);
    if (!size) found.could_not(path, "not a believable size: '" + clean(*text) + "'");
    return size;
}

// The card's folders below the PCI device's: drm/card0.
std::vector<std::string> card_folders(const Probe& probe, const PciDevice& device) {
    std::vector<std::string> folders{device.path};
    for (const std::string& name : probe.list(device.path + "/drm"))
        if (name.starts_with("card")) folders.push_back(device.path + "/drm/" + name);
    return folders;
}

void read_i915(const Probe& probe, const PciDevice& device, Gpu& gpu, FoundGpus& found) {
    for (const std::string& folder : card_folders(probe, device)) {
        const auto total = size_file(probe, folder + "/lmem_total_bytes", found);
        if (!total || *total == Bytes{}) continue;
        gpu.memory = total;
        const auto free = size_file(probe, folder + "/lmem_avail_bytes", found);
        if (free && *free <= *total) {
            gpu.free = free;
            gpu.used = *total - *free;
        }
        return;
    }
}

void read_xe(const Probe& probe, const PciDevice& device, Gpu& gpu, FoundGpus& found) {
    Bytes total;
    for (const std::string& name : probe.list(device.path))
        if (name.starts_with("tile"))
            for (const char* file : {"/physical_vram_size_bytes", "/memory/physical_vram_size_bytes"})
                if (const auto size = size_file(probe, device.path + "/" + name + file, found)) {
                    if (total + *size <= largest_believable) total += *size;
                    break;
                }
    if (total > Bytes{}) gpu.memory = total;
}

}  // namespace

Gpu intel_gpu(const Probe& probe, const PciDevice& device, FoundGpus& found) {
    Gpu gpu = gpu_at(probe, device, "intel");
    // Graphics inside the processor sit at 00:02.0 on every machine.
    if (device.address.ends_with(":00:02.0")) gpu.kind = GpuKind::integrated;
    if (gpu.name.empty())
        gpu.name = (gpu.kind == GpuKind::integrated ? "Intel Graphics " : "Intel GPU ") + gpu.pci_id;
    if (gpu.kind == GpuKind::integrated || device.driver.empty()) return gpu;
    if (device.driver == "xe")
        read_xe(probe, device, gpu, found);
    else if (device.driver == "i915")
        read_i915(probe, device, gpu, found);
    else
        gpu.problem = "its driver is " + device.driver + ", neither i915 nor xe";
    if (gpu.memory)
        gpu.memory_source = device.driver;
    else if (gpu.problem.empty())
        found.could_not("memory of " + gpu.name, device.driver + " publishes no size of it");
    return gpu;
}

Gpu nvidia_gpu(const Probe& probe, const PciDevice& device) {
    Gpu gpu = gpu_at(probe, device, "nvidia");
    const auto text = probe.read("/proc/driver/nvidia/gpus/" + device.address + "/information", short_file);
    if (const auto model = text ? value_after(*text, "Model") : std::nullopt) gpu.name = clean(*model);
    if (gpu.name.empty()) gpu.name = "NVIDIA GPU " + gpu.pci_id;
    return gpu;
}

}  // namespace fitcalc
