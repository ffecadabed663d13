// A machine as it was found: its GPUs, host memory and processor, with what could not be read and why. Plain data,
// filled by src/devices/ or read from a saved answer of `fitcalc detect`. Unknown is nullopt or empty, never 0.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "fitcalc/quantity.hpp"

namespace fitcalc {

enum class GpuKind {
    discrete,    // memory of its own
    integrated,  // shares the host's memory
    slice,       // a MIG instance of an NVIDIA GPU
};

struct Gpu {
    std::string vendor;  // nvidia, amd, intel, apple
    std::string name;    // as the driver says it, else by the PCI id
    GpuKind kind = GpuKind::discrete;
    std::optional<Bytes> memory;    // total that the driver reports; of an integrated GPU what it can take of the host's
    std::optional<Bytes> reserved;  // what the driver keeps of it; not in `used`
    std::optional<Bytes> used;      // by all processes
    std::optional<Bytes> free;
    std::optional<Bytes> limit;     // what the user lets it take of the host's memory (Apple: iogpu.wired_limit_mb)
    std::string memory_source;            // "NVML", "nvidia-smi", "amdgpu", "xe", "i915", "host memory", "sysctl"
    std::optional<Bytes> vram, gtt;       // an AMD GPU's two pools; `memory` is the one that engines use
    std::string uuid, parent_uuid;        // parent: of a slice
    std::string pci_address;              // "0000:01:00.0"
    std::string pci_id;                   // "10de:2684"
    std::string driver, driver_version;   // "nvidia", "amdgpu", "i915", "xe"
    std::string compute_capability;       // "8.9"
    std::string gfx_target;               // "gfx1100"
    std::optional<std::int64_t> gpu_cores;  // Apple
    std::optional<std::int64_t> pcie_generation, pcie_generation_max, pcie_width, pcie_width_max;
    std::optional<std::int64_t> power_limit_milliwatts;
    std::optional<std::int64_t> nvlinks;  // that are up
    std::string hidden_by;                // the environment variable that keeps engines from it
    std::string problem;                  // why engines can't use it
};

struct Processor {
    std::string name;
    std::optional<std::int64_t> sockets, cores, threads, numa_nodes;
};

struct HostMemory {
    std::optional<Bytes> total, available;
    std::optional<Bytes> limit, limit_used;  // of the container; file cache, which gives way, is not in `limit_used`
    std::string limit_source;                // the file that states it
    std::string type;                        // "DDR5"
    std::optional<std::int64_t> modules, channels, megatransfers_per_second;

    // What a new process can take: what is available, within the container's limit. Without `available`: unknown.
    std::optional<Bytes> usable() const;
    // What it can have when nothing else runs.
    std::optional<Bytes> whole() const;
};

struct OperatingSystem {
    std::string name;       // "linux", "macos"
    std::string wsl;        // "1", "2"; empty: not Windows' subsystem
    std::string container;  // "docker", "podman", "kubernetes", "lxc"; empty: none recognized
};

// Something that was looked for and could not be read.
struct Unread {
    std::string what, reason;

    friend bool operator==(const Unread&, const Unread&) = default;
};

struct Machine {
    OperatingSystem system;
    Processor cpu;
    HostMemory memory;
    std::vector<Gpu> gpus;
    std::vector<Unread> unread;
};

std::string_view name_of(GpuKind kind);
std::optional<GpuKind> gpu_kind(std::string_view name);

// The fields by JSON name, in the order of the answer. The one list of them: `detect` writes through it, a saved machine
// is read through it, and it carries GPUs from the process that asked the driver.
template <class R, class V>
    requires std::same_as<std::remove_const_t<R>, Gpu>
void visit_fields(R& r, V&& visit) {
    visit("vendor", r.vendor);
    visit("name", r.name);
    visit("kind", r.kind);
    visit("memory_bytes", r.memory);
    visit("reserved_bytes", r.reserved);
    visit("used_bytes", r.used);
    visit("free_bytes", r.free);
    visit("limit_bytes", r.limit);
    visit("memory_source", r.memory_source);
    visit("vram_bytes", r.vram);
    visit("gtt_bytes", r.gtt);
    visit("uuid", r.uuid);
    visit("parent_uuid", r.parent_uuid);
    visit("pci_address", r.pci_address);
    visit("pci_id", r.pci_id);
    visit("driver", r.driver);
    visit("driver_version", r.driver_version);
    visit("compute_capability", r.compute_capability);
    visit("gfx_target", r.gfx_target);
    visit("gpu_cores", r.gpu_cores);
    visit("pcie_generation", r.pcie_generation);
    visit("pcie_generation_max", r.pcie_generation_max);
    visit("pcie_width", r.pcie_width);
    visit("pcie_width_max", r.pcie_width_max);
    visit("power_limit_milliwatts", r.power_limit_milliwatts);
    visit("nvlinks", r.nvlinks);
    visit("hidden_by", r.hidden_by);
    visit("problem", r.problem);
}

template <class R, class V>
    requires std::same_as<std::remove_const_t<R>, Processor>
void visit_fields(R& r, V&& visit) {
    visit("name", r.name);
    visit("sockets", r.sockets);
    visit("cores", r.cores);
    visit("threads", r.threads);
    visit("numa_nodes", r.numa_nodes);
}

template <class R, class V>
    requires std::same_as<std::remove_const_t<R>, HostMemory>
void visit_fields(R& r, V&& visit) {
    visit("total_bytes", r.total);
    visit("available_bytes", r.available);
    visit("limit_bytes", r.limit);
    visit("limit_used_bytes", r.limit_used);
    visit("limit_source", r.limit_source);
    visit("type", r.type);
    visit("modules", r.modules);
    visit("channels", r.channels);
    visit("megatransfers_per_second", r.megatransfers_per_second);
}

template <class R, class V>
    requires std::same_as<std::remove_const_t<R>, OperatingSystem>
void visit_fields(R& r, V&& visit) {
    visit("name", r.name);
    visit("wsl", r.wsl);
    visit("container", r.container);
}

template <class R, class V>
    requires std::same_as<std::remove_const_t<R>, Unread>
void visit_fields(R& r, V&& visit) {
    visit("what", r.what);
    visit("reason", r.reason);
}

}  // namespace fitcalc
