#include "pci.hpp"

#include <array>
#include <cstdio>

#include "text.hpp"

namespace fitcalc {
namespace {

constexpr std::size_t short_file = 4096;
const std::string bus = "/sys/bus/pci/devices/";

std::optional<std::int64_t> hex_in(const Probe& probe, const std::string& path) {
    const auto text = probe.read(path, short_file);
    return text ? hex_number(*text) : std::nullopt;
}

// "16.0 GT/s PCIe"
std::optional<std::int64_t> generation_of(std::string_view speed) {
    struct Rate {
        std::string_view text;
        std::int64_t generation;
    };
    static constexpr std::array<Rate, 6> rates{{{"2.5 ", 1}, {"5.0 ", 2}, {"8.0 ", 3}, {"16.0 ", 4}, {"32.0 ", 5}, {"64.0 ", 6}}};
    for (const Rate& rate : rates)
        if (speed.starts_with(rate.text)) return rate.generation;
    return std::nullopt;
}

std::string hex_pair(std::int64_t high, std::int64_t low) {
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "%04x:%04x", static_cast<unsigned>(high & 0xFFFF), static_cast<unsigned>(low & 0xFFFF));
    return text.data();
}

}  // namespace

std::vector<PciDevice> display_devices(const Probe& probe) {
    std::vector<PciDevice> devices;
    for (const std::string& address : probe.list(bus)) {
        const std::string path = bus + address;
        const auto kind = hex_in(probe, path + "/class");
        constexpr std::int64_t display = 0x03, accelerator = 0x12;  // PCI base classes
        if (!kind || (*kind >> 16 != display && *kind >> 16 != accelerator)) continue;
        PciDevice device;
        device.path = path;
        device.address = clean(address);
        device.vendor = hex_in(probe, path + "/vendor").value_or(0);
        device.device = hex_in(probe, path + "/device").value_or(0);
        device.revision = hex_in(probe, path + "/revision").value_or(0);
        if (const auto events = probe.read(path + "/uevent", short_file))
            if (const auto driver = value_after(*events, "DRIVER")) device.driver = clean(*driver);
        devices.push_back(std::move(device));
    }
    return devices;
}

Gpu gpu_at(const Probe& probe, const PciDevice& device, std::string_view vendor) {
    Gpu gpu;
    gpu.vendor = vendor;
    gpu.pci_address = device.address;
    gpu.pci_id = hex_pair(device.vendor, device.device);
    gpu.driver = device.driver;
    if (device.driver.empty()) gpu.problem = "no driver is bound to it";
    if (const auto known = known_gpu(device)) {
        gpu.name = known->name;
        if (known->integrated) gpu.kind = GpuKind::integrated;
    }
    if (gpu.kind == GpuKind::integrated) return gpu;  // its link is inside the processor
    const auto width = [&](const char* file) -> std::optional<std::int64_t> {
        const auto text = probe.read(device.path + file, short_file);
        const auto lanes = text ? whole_number(*text) : std::nullopt;
        return lanes && *lanes >= 1 && *lanes <= 32 ? lanes : std::nullopt;
    };
    const auto generation = [&](const char* file) -> std::optional<std::int64_t> {
        const auto text = probe.read(device.path + file, short_file);
        return text ? generation_of(*text) : std::nullopt;
    };
    gpu.pcie_generation = generation("/current_link_speed");
    gpu.pcie_generation_max = generation("/max_link_speed");
    gpu.pcie_width = width("/current_link_width");
    gpu.pcie_width_max = width("/max_link_width");
    return gpu;
}

}  // namespace fitcalc
