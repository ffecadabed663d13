// GPUs that Linux drivers describe in files: AMD's and Intel's in full, NVIDIA's by presence alone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "found.hpp"
#include "pci.hpp"
#include "probe.hpp"

namespace fitcalc {

// `gfx_target`: by kfd; empty where kfd doesn't know it.
Gpu amd_gpu(const Probe& probe, const PciDevice& device, std::string_view gfx_target, FoundGpus& found);
Gpu intel_gpu(const Probe& probe, const PciDevice& device, FoundGpus& found);

// What the bus has of NVIDIA's, for when the driver can't be asked.
Gpu nvidia_gpu(const Probe& probe, const PciDevice& device);

// In the order in which the runtime counts them: AMD's by kfd node, others by PCI address.
FoundGpus sysfs_gpus(const Probe& probe);

// kfd's number of a target: 110501 is gfx1151, 90010 is gfx90a. Empty for nonsense.
std::string gfx_name(std::int64_t version);

}  // namespace fitcalc
