// Processor, memory and the limits that a container sets.
#pragma once

#include <string_view>
#include <vector>

#include "fitcalc/machine.hpp"
#include "probe.hpp"

namespace fitcalc {

OperatingSystem linux_system(const Probe& probe);
Processor linux_processor(const Probe& probe);
HostMemory linux_memory(const Probe& probe, std::vector<Unread>& unread);

// Parts of the above, for what they make of any text.
void read_meminfo(std::string_view text, HostMemory& memory);
Processor read_cpuinfo(std::string_view text);
// The memory modules in a table of SMBIOS structures (DMTF DSP0134, type 17).
void read_smbios(std::string_view table, HostMemory& memory);

// A Mac: its one GPU shares the memory.
Machine macos_machine(const Probe& probe);

}  // namespace fitcalc
