#include "detect.hpp"

#include <algorithm>
#include <array>

#include "found.hpp"
#include "host.hpp"
#include "nvml.hpp"
#include "sysfs_gpus.hpp"
#include "text.hpp"
#include "visible.hpp"

namespace fitcalc {
namespace {

// Of the whole time. Files of drivers answer at once or not at all; NVML may have to wake a GPU.
constexpr Milliseconds sysfs_time{300};
constexpr Milliseconds kept_back{20};

constexpr std::array<const char*, 2> nvml_names{"libnvidia-ml.so.1", "/usr/lib/wsl/lib/libnvidia-ml.so.1"};
constexpr std::array<const char*, 2> smi_names{"nvidia-smi", "/usr/lib/wsl/lib/nvidia-smi"};

// Work in another process answers with a first line that says how it went.
constexpr std::string_view answered = "answered\n", missing = "missing\n", failed = "failed\n";

std::string ask_nvml_apart(const Probe& probe) {
    Refusal last{true, "not installed"};
    for (const char* name : nvml_names) {
        const auto library = probe.load(name);
        if (!library) {
            if (!library.error().absent) last = library.error();
            continue;
        }
        const auto found = ask_nvml(**library);
        if (found) return std::string(answered) + encode(*found);
        last = found.error();
        break;
    }
    return std::string(last.absent ? missing : failed) + last.reason;
}

Reading<FoundGpus> by_nvml(const Probe& probe) {
    const auto text = probe.apart([&] { return ask_nvml_apart(probe); }, probe.left() - kept_back);
    if (!text) return tl::unexpected(text.error());
    const std::string_view said = *text;
    if (said.starts_with(answered)) return decode(said.substr(answered.size()));
    if (said.starts_with(missing)) return absent(clean(said.substr(missing.size())));
    return refused(clean(said.starts_with(failed) ? said.substr(failed.size()) : said));
}

// "0 devices" and messages of failure come on standard output, too.
Reading<FoundGpus> by_nvidia_smi(const Probe& probe) {
    const std::string query = "--query-gpu=" + nvidia_smi_fields();
    for (const char* name : smi_names) {
        const auto out = probe.run({name, query, "--format=csv,noheader,nounits"}, probe.left() - kept_back);
        if (!out && out.error().absent) continue;
        if (!out) return tl::unexpected(out.error());
        if (out->status == 0) return read_nvidia_smi(out->out);
        const auto lines = lines_of(out->out);
        return refused("exit status " + std::to_string(out->status) + (lines.empty() ? "" : ": " + clean(lines.front())));
    }
    return absent("not installed");
}

// Boards whose GPU has no memory of its own; on others a size that isn't told is a fault.
bool shares_host_memory(const Gpu& gpu) {
    static constexpr std::array<std::string_view, 6> boards{"GB10", "Orin", "Thor", "Xavier", "Tegra", "N1X"};
    return std::ranges::any_of(boards, [&](std::string_view board) { return gpu.name.find(board) != std::string::npos; });
}

void share_host_memory(Gpu& gpu, const HostMemory& memory) {
    if (gpu.vendor != "nvidia" || gpu.kind != GpuKind::integrated || gpu.memory) return;
    if (!shares_host_memory(gpu)) {
        gpu.kind = GpuKind::discrete;
        gpu.problem = "its driver does not say its memory";
        return;
    }
    gpu.memory = memory.total;
    gpu.free = memory.available;
    if (gpu.memory && gpu.free) gpu.used = *gpu.memory - *gpu.free;
    gpu.memory_source = "host memory";
}

// NVIDIA's GPUs by its driver, with what the bus has besides.
void merge_nvidia(const Reading<FoundGpus>& asked, Machine& machine) {
    const auto on_bus = [](const Gpu& gpu) { return gpu.vendor == "nvidia"; };
    std::vector<Gpu> others;
    std::ranges::copy_if(machine.gpus, std::back_inserter(others), on_bus);
    std::erase_if(machine.gpus, on_bus);
    std::vector<Gpu> all = asked ? asked->gpus : std::vector<Gpu>{};
    for (Gpu& gpu : others) {
        const bool listed = std::ranges::any_of(all, [&](const Gpu& each) { return each.pci_address == gpu.pci_address; });
        if (listed) continue;
        if (gpu.driver == "nouveau")
            gpu.problem = "its driver is nouveau; engines need NVIDIA's";
        else if (gpu.problem.empty() && asked)
            gpu.problem = machine.system.container.empty() ? "NVIDIA's driver does not list it" : "this container was not given it";
        else if (gpu.problem.empty())
            gpu.problem = "NVIDIA's driver does not answer: " + asked.error().reason;
        all.push_back(std::move(gpu));
    }
    machine.gpus.insert(machine.gpus.begin(), all.begin(), all.end());
}

void find_nvidia(const Probe& probe, Machine& machine) {
    Reading<FoundGpus> asked = by_nvml(probe);
    if (!asked || asked->gpus.empty()) {
        const bool silent = asked && asked->gpus.empty();
        const Refusal reason = asked ? Refusal{true, "lists no GPU"} : asked.error();
        if (!reason.absent) machine.unread.push_back({"NVML", reason.reason});
        Reading<FoundGpus> second = silent ? absent(reason.reason) : by_nvidia_smi(probe);
        if (!second && !second.error().absent) machine.unread.push_back({"nvidia-smi", second.error().reason});
        // What NVML says is more to the point.
        if (second || (reason.absent && !silent)) asked = std::move(second);
    }
    if (asked) machine.unread.insert(machine.unread.end(), asked->unread.begin(), asked->unread.end());
    merge_nvidia(asked, machine);
}

void find_in_sysfs(const Probe& probe, Machine& machine) {
    const auto text = probe.apart([&] { return encode(sysfs_gpus(probe)); }, std::min(sysfs_time, probe.left()));
    if (!text) {
        machine.unread.push_back({"GPUs on the PCI bus", text.error().reason});
        return;
    }
    FoundGpus found = decode(*text);
    machine.gpus = std::move(found.gpus);
    machine.unread.insert(machine.unread.end(), found.unread.begin(), found.unread.end());
}

Machine linux_machine(const Probe& probe) {
    Machine machine;
    machine.system = linux_system(probe);
    machine.cpu = linux_processor(probe);
    machine.memory = linux_memory(probe, machine.unread);
    find_in_sysfs(probe, machine);
    find_nvidia(probe, machine);
    for (Gpu& gpu : machine.gpus) share_host_memory(gpu, machine.memory);
    if (!machine.system.wsl.empty() && machine.gpus.empty() && probe.exists("/dev/dxg"))
        machine.unread.push_back({"the GPU of Windows behind /dev/dxg", "only NVIDIA's driver can be asked from here"});
    apply_visibility(probe.variable, machine);
    return machine;
}

}  // namespace

Machine detect_machine(const Probe& probe) { return probe.macos ? macos_machine(probe) : linux_machine(probe); }

}  // namespace fitcalc
