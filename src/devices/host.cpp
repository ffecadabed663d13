#include "host.hpp"

#include <algorithm>
#include <set>
#include <string>

#include "fitcalc/text.hpp"
#include "text.hpp"

namespace fitcalc {
namespace {

constexpr std::size_t short_file = 65536;
constexpr std::size_t cpuinfo_file = 4 << 20;  // some KiB for each of a thousand threads
constexpr std::size_t smbios_file = 1 << 20;

// Cores that are no x86 say their maker's and their own number only.
std::string_view arm_core(std::int64_t maker, std::int64_t part) {
    struct Core {
        std::int64_t maker, part;
        std::string_view name;
    };
    static constexpr Core cores[] = {
        {0x41, 0xd0c, "ARM Neoverse N1"},   {0x41, 0xd40, "ARM Neoverse V1"},  {0x41, 0xd49, "ARM Neoverse N2"},
        {0x41, 0xd4f, "ARM Neoverse V2"},   {0x41, 0xd85, "ARM Cortex-X925"},  {0x41, 0xd87, "ARM Cortex-A725"},
        {0x41, 0xd42, "ARM Cortex-A78AE"},  {0x41, 0xd0b, "ARM Cortex-A76"},   {0x41, 0xd08, "ARM Cortex-A72"},
        {0xc0, 0xac3, "Ampere-1"},          {0x61, 0x022, "Apple M1 Icestorm"}, {0x61, 0x023, "Apple M1 Firestorm"},
    };
    const auto found = std::ranges::find_if(cores, [&](const Core& core) { return core.maker == maker && core.part == part; });
    return found == std::end(cores) ? std::string_view{} : found->name;
}

// "key : value" of one line of cpuinfo.
struct CpuLine {
    std::string_view key, value;
};

CpuLine cpu_line(std::string_view line) {
    const std::size_t colon = std::min(line.find(':'), line.size());
    return {trimmed(line.substr(0, colon)), trimmed(line.substr(std::min(colon + 1, line.size())))};
}

// The folders of this process's group and of those above it, innermost first; a container's own view has just its root.
std::vector<std::string> group_folders(const std::string& root, std::string_view path) {
    std::vector<std::string> folders;
    std::string at{path};
    while (at.starts_with('/') && at.size() > 1 && folders.size() < 64) {
        if (!contains(at, "..")) folders.push_back(root + at);
        at.resize(at.find_last_of('/'));
    }
    folders.push_back(root);
    return folders;
}

struct GroupFiles {
    const char* limit;
    const char* used;
};

// File cache that gives way when memory is short.
Bytes reclaimable(const Probe& probe, const std::string& folder) {
    const auto text = probe.read(folder + "/memory.stat", short_file);
    if (!text) return {};
    Bytes cache;
    for (const char* key : {"total_inactive_file", "total_active_file"}) {  // version 1: with the groups below
        const auto value = value_after(*text, key);
        cache += (value ? size_in(*value) : std::nullopt).value_or(Bytes{});
    }
    if (cache > Bytes{}) return cache;
    for (const char* key : {"inactive_file", "active_file"}) {
        const auto value = value_after(*text, key);
        cache += (value ? size_in(*value) : std::nullopt).value_or(Bytes{});
    }
    return cache;
}

// The tightest of the limits on the way up.
void read_limits(const Probe& probe, const std::vector<std::string>& folders, const GroupFiles& files, HostMemory& memory) {
    for (const std::string& folder : folders) {
        const auto text = probe.read(folder + "/" + files.limit, short_file);
        const auto limit = text ? size_in(*text) : std::nullopt;  // "max", or 2^63 less a page: none
        if (!limit || *limit == Bytes{} || (memory.total && *limit >= *memory.total)) continue;
        if (memory.limit && *memory.limit <= *limit) continue;
        memory.limit = limit;
        memory.limit_source = folder + "/" + files.limit;
        const auto used_text = probe.read(folder + "/" + files.used, short_file);
        const auto used = used_text ? size_in(*used_text) : std::nullopt;
        memory.limit_used = used ? std::optional(std::max(Bytes{}, *used - reclaimable(probe, folder))) : std::nullopt;
    }
}

void read_group_limits(const Probe& probe, HostMemory& memory) {
    const auto groups = probe.read("/proc/self/cgroup", short_file);
    std::string unified = "/", memory_group = "/";
    for (const std::string_view line : lines_of(groups ? std::string_view(*groups) : std::string_view{})) {
        const auto parts = split(line, ':');
        if (parts.size() < 3) continue;
        const std::string path{line.substr(parts[0].size() + parts[1].size() + 2)};
        if (parts[0] == "0" && parts[1].empty()) unified = path;
        for (const std::string_view controller : split(parts[1], ','))
            if (controller == "memory") memory_group = path;
    }
    read_limits(probe, group_folders("/sys/fs/cgroup", unified), {"memory.max", "memory.current"}, memory);
    read_limits(probe, group_folders("/sys/fs/cgroup/memory", memory_group),
                {"memory.limit_in_bytes", "memory.usage_in_bytes"}, memory);
}

}  // namespace

OperatingSystem linux_system(const Probe& probe) {
    OperatingSystem system;
    system.name = "linux";
    const auto version = probe.read("/proc/version", short_file);
    const std::string lower = version ? lower_case(*version) : std::string{};
    if (contains(lower, "microsoft")) system.wsl = contains(lower, "wsl2") || probe.exists("/dev/dxg") ? "2" : "1";
    if (probe.exists("/run/.containerenv"))
        system.container = "podman";
    else if (probe.variable("KUBERNETES_SERVICE_HOST"))
        system.container = "kubernetes";
    else if (probe.exists("/.dockerenv"))
        system.container = "docker";
    else if (probe.variable("container") == std::optional<std::string>{"lxc"})
        system.container = "lxc";
    return system;
}

Processor read_cpuinfo(std::string_view text) {
    Processor cpu;
    std::int64_t threads = 0, maker = 0;
    std::vector<std::string_view> arm_cores;  // of several kinds in one processor
    std::int64_t socket = 0, core = -1;
    std::set<std::int64_t> sockets;
    std::set<std::pair<std::int64_t, std::int64_t>> cores;
    const auto end_of_thread = [&] {
        if (core >= 0) cores.emplace(socket, core);
        core = -1;
    };
    for (const std::string_view line : lines_of(text)) {
        const auto [key, value] = cpu_line(line);
        if (key == "processor" && whole_number(value)) {
            end_of_thread();
            ++threads;
        }
        if (key == "model name" && cpu.name.empty()) cpu.name = clean(value);
        if (key == "physical id") sockets.insert(socket = whole_number(value).value_or(0));
        if (key == "core id") core = whole_number(value).value_or(-1);
        if (key == "CPU implementer") maker = hex_number(value).value_or(0);
        if (key == "CPU part") {
            const std::string_view name = arm_core(maker, hex_number(value).value_or(0));
            if (!name.empty() && std::ranges::find(arm_cores, name) == arm_cores.end()) arm_cores.push_back(name);
        }
    }
    end_of_thread();
    if (cpu.name.empty())
        for (const std::string_view name : arm_cores) (cpu.name += cpu.name.empty() ? "" : " + ") += name;
    if (threads > 0) cpu.threads = threads;
    if (!sockets.empty()) cpu.sockets = static_cast<std::int64_t>(sockets.size());
    if (!cores.empty()) cpu.cores = static_cast<std::int64_t>(cores.size());
    return cpu;
}

Processor linux_processor(const Probe& probe) {
    const auto text = probe.read("/proc/cpuinfo", cpuinfo_file);
    Processor cpu = text ? read_cpuinfo(*text) : Processor{};
    std::int64_t nodes = 0;
    for (const std::string& name : probe.list("/sys/devices/system/node"))
        if (name.starts_with("node") && whole_number(std::string_view(name).substr(4))) ++nodes;
    if (nodes > 0) cpu.numa_nodes = nodes;
    return cpu;
}

void read_meminfo(std::string_view text, HostMemory& memory) {
    const auto kibibytes = [&](std::string_view key) -> std::optional<Bytes> {
        const auto value = value_after(text, key);
        if (!value || !value->ends_with(" kB")) return std::nullopt;
        return size_in(value->substr(0, value->size() - 3), KiB);
    };
    memory.total = kibibytes("MemTotal:");
    memory.available = kibibytes("MemAvailable:");
    if (!memory.available) memory.available = kibibytes("MemFree:");  // kernels before 3.14
    if (memory.total == Bytes{}) memory.total = std::nullopt;
    if (memory.total && memory.available) memory.available = std::min(*memory.available, *memory.total);
}

HostMemory linux_memory(const Probe& probe, std::vector<Unread>& unread) {
    HostMemory memory;
    const auto text = probe.read("/proc/meminfo", short_file);
    if (text) read_meminfo(*text, memory);
    if (!memory.total)
        unread.push_back({"host memory", "/proc/meminfo: " + (text ? std::string("no believable MemTotal") : text.error().reason)});
    read_group_limits(probe, memory);
    const auto table = probe.read("/sys/firmware/dmi/tables/DMI", smbios_file);
    if (table)
        read_smbios(*table, memory);
    else if (!table.error().absent)
        unread.push_back({"speed and channels of the memory", "/sys/firmware/dmi/tables/DMI, which root may read: " + table.error().reason});
    return memory;
}

}  // namespace fitcalc
