// Display controllers on the PCI bus, as Linux lists them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fitcalc/machine.hpp"
#include "probe.hpp"

namespace fitcalc {

struct PciDevice {
    std::string path;     // its folder
    std::string address;  // "0000:03:00.0"
    std::int64_t vendor = 0, device = 0, revision = 0;
    std::string driver;   // empty: none is bound
};

inline constexpr std::int64_t pci_vendor_nvidia = 0x10de, pci_vendor_amd = 0x1002, pci_vendor_intel = 0x8086;

std::vector<PciDevice> display_devices(const Probe& probe);

// A GPU with what its folder says: addresses, driver, PCIe link.
Gpu gpu_at(const Probe& probe, const PciDevice& device, std::string_view vendor);

// Name by PCI id; empty where it is not in our list.
struct KnownGpu {
    std::string_view name;
    bool integrated = false;
};
std::optional<KnownGpu> known_gpu(const PciDevice& device);

}  // namespace fitcalc
