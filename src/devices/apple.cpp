// macOS by sysctl, and the number of GPU cores by ioreg, which tells chips of one name apart.
#include "host.hpp"
#include "text.hpp"

namespace fitcalc {
namespace {

std::optional<std::int64_t> number(const Probe& probe, const char* name) {
    const auto text = probe.sysctl(name);
    return text ? whole_number(*text) : std::nullopt;
}

// Pages that nobody holds, or that can be had again from a file or be thrown away.
std::optional<Bytes> available_memory(const Probe& probe) {
    const auto page = number(probe, "vm.pagesize");
    const auto free = number(probe, "vm.page_free_count");
    if (!page || !free || *page < 4096 || *page > 65536) return std::nullopt;
    Bytes available;
    for (const char* name : {"vm.page_free_count", "vm.page_pageable_external_count", "vm.page_purgeable_count"}) {
        const auto pages = number(probe, name);
        available += (pages ? believable(*pages, Bytes{*page}) : std::nullopt).value_or(Bytes{});
    }
    return available;
}

std::optional<std::int64_t> gpu_cores(const Probe& probe, std::vector<Unread>& unread) {
    const auto out = probe.run({"/usr/sbin/ioreg", "-rd1", "-c", "AGXAccelerator"}, probe.left());
    if (!out || out->status != 0) {
        unread.push_back({"number of GPU cores", out ? "ioreg failed" : "ioreg: " + out.error().reason});
        return std::nullopt;
    }
    constexpr std::string_view key = "\"gpu-core-count\" = ";
    const std::size_t at = out->out.find(key);
    if (at == std::string::npos) return std::nullopt;
    const std::string_view rest = std::string_view(out->out).substr(at + key.size());
    return whole_number(rest.substr(0, rest.find_first_not_of("0123456789")));
}

}  // namespace

Machine macos_machine(const Probe& probe) {
    Machine machine;
    machine.system.name = "macos";
    machine.cpu.name = clean(probe.sysctl("machdep.cpu.brand_string").value_or(""));
    machine.cpu.cores = number(probe, "hw.physicalcpu");
    machine.cpu.threads = number(probe, "hw.logicalcpu");
    const auto memory = number(probe, "hw.memsize");
    machine.memory.total = memory && *memory > 0 ? believable(*memory) : std::nullopt;
    machine.memory.available = available_memory(probe);
    if (machine.memory.total && machine.memory.available)
        machine.memory.available = std::min(*machine.memory.available, *machine.memory.total);
    if (!machine.memory.total) machine.unread.push_back({"host memory", "sysctl hw.memsize gives no believable size"});
    if (!machine.cpu.name.starts_with("Apple")) return machine;  // Macs with Intel processors: no GPU for engines

    Gpu gpu;
    gpu.vendor = "apple";
    gpu.name = machine.cpu.name;
    gpu.kind = GpuKind::integrated;
    gpu.memory = machine.memory.total;
    gpu.memory_source = "sysctl";
    gpu.gpu_cores = gpu_cores(probe, machine.unread);
    gpu.driver = "metal";
    // 0: the system's own limit holds.
    const auto limit = number(probe, "iogpu.wired_limit_mb");
    if (limit && *limit > 0) gpu.limit = believable(*limit, MiB);
    machine.gpus.push_back(std::move(gpu));
    return machine;
}

}  // namespace fitcalc
