#include "detect_report.hpp"

#include <algorithm>

#include "device_sets.hpp"
#include "match_device.hpp"

namespace fitcalc {
namespace {

// What macOS lets a GPU have at the least, where the catalog does not know the machine: two thirds, the rule of its older
// versions.
Bytes least_apple_limit(Bytes memory) { return memory / 3 * 2; }

std::string_view usual_backend(const Gpu& gpu, const DeviceRecord* record) {
    if (record != nullptr && !record->backend.empty()) return record->backend;
    if (gpu.vendor == "nvidia") return "cuda";
    if (gpu.vendor == "apple") return "metal";
    return gpu.vendor == "amd" && !gpu.gfx_target.empty() ? "rocm" : "vulkan";
}

struct Usable {
    std::optional<Bytes> now, idle;
};

Bytes less(Bytes total, Bytes part) { return std::max(Bytes{}, total - part); }

Usable usable_of_card(const Gpu& gpu, const DeviceRecord* record, const EngineRecord& engine, std::optional<Bytes> reserve) {
    const std::optional<Bytes> total =
        gpu.memory ? gpu.memory : record != nullptr && record->memory_bytes ? std::optional(Bytes{*record->memory_bytes}) : std::nullopt;
    if (!total) return {};
    // Engines see less than the driver's total even on an idle card; see the engine's reserve.
    const Bytes kept = reserve.value_or(std::max(gpu.reserved.value_or(Bytes{}), engine.driver_reserve(gpu.vendor)));
    const Bytes idle = less(*total, kept);
    if (!gpu.free) return {idle, idle};
    if (reserve) return {less(*gpu.free, *reserve), idle};
    // Where the driver counts what it keeps apart, `used` is others' alone.
    if (gpu.reserved && gpu.used) return {std::min(*gpu.free, less(idle, *gpu.used)), idle};
    return {std::min(*gpu.free, idle), idle};
}

// A part of the host's memory that is set aside for the GPU is not the host's any more.
bool set_aside(const Gpu& gpu) { return gpu.vram && gpu.memory == gpu.vram; }

Usable usable_of_shared(const Gpu& gpu, const DeviceRecord* record, const HostMemory& host, std::optional<Bytes> reserve) {
    if (!gpu.memory) return {};
    Bytes limit = *gpu.memory;
    if (gpu.vendor == "apple")
        limit = gpu.limit ? *gpu.limit
                          : record != nullptr && record->default_limit_bytes ? Bytes{*record->default_limit_bytes}
                                                                             : least_apple_limit(*gpu.memory);
    const bool own = set_aside(gpu);
    const Bytes kept = reserve.value_or(Bytes{});
    const Bytes idle = own ? limit : std::min(limit, host.whole().value_or(limit));
    Bytes now = std::min(idle, gpu.free.value_or(idle));
    if (!own) now = std::min(now, host.usable().value_or(now));
    return {less(now, kept), less(idle, kept)};
}

DetectedDevice device_of(Gpu gpu, const Machine& machine, const Catalog& catalog, const EngineRecord& engine,
                         std::optional<Bytes> reserve) {
    DetectedDevice device;
    device.record = match_device(catalog, gpu, machine);
    if (gpu.problem.empty()) {
        const auto usable_with = [&](std::optional<Bytes> kept) {
            return gpu.kind == GpuKind::integrated ? usable_of_shared(gpu, device.record, machine.memory, kept)
                                                   : usable_of_card(gpu, device.record, engine, kept);
        };
        const Usable usable = usable_with(reserve), unreserved = usable_with({});
        device.usable = usable.now;
        device.usable_idle = usable.idle;
        device.unreserved = unreserved.now;
        device.unreserved_idle = unreserved.idle;
    }
    device.gpu = std::move(gpu);
    return device;
}

// What one engine process would use: cards of the backend that has the most memory; graphics inside the processor only
// where there is no card, and one of them (llama.cpp de3ff81, src/llama.cpp, llama_prepare_model_devices); of a split GPU
// one instance, all that CUDA gives a process.
class Chooser {
public:
    Chooser(DetectReport& report, bool idle) : report_{report}, idle_{idle} {}

    void choose(std::string_view backend) {
        report_.backend = "cpu";
        if (backend == "cpu") return;
        for (const GpuKind kind : {GpuKind::discrete, GpuKind::slice, GpuKind::integrated})
            if (choose_of(kind, backend)) return warn_of_left_out();
        if (!backend.empty()) report_.warnings.push_back("no GPU here that " + std::string(backend) + " can use; the CPU runs everything");
    }

private:
    // Whether engines see it, and find room on it.
    bool plannable(const DetectedDevice& device) const {
        return device.gpu.hidden_by.empty() && (idle_ ? device.usable_idle : device.usable) > Bytes{};
    }

    std::string_view backend_of(const DetectedDevice& device) const { return usual_backend(device.gpu, device.record); }

    bool choose_of(GpuKind kind, std::string_view asked) {
        struct Sum {
            std::string_view vendor, backend;
            Bytes memory;
        };
        std::vector<Sum> sums;
        for (const DetectedDevice& device : report_.devices) {
            if (!plannable(device) || device.gpu.kind != kind) continue;
            if (!asked.empty() && !runs_on(asked, device.gpu.vendor)) continue;
            const auto same = std::ranges::find(sums, device.gpu.vendor, &Sum::vendor);
            if (same == sums.end())
                sums.push_back({device.gpu.vendor, backend_of(device), device.usable_idle.value_or(Bytes{})});
            else
                same->memory += device.usable_idle.value_or(Bytes{});
        }
        if (sums.empty()) return false;
        const Sum best = *std::ranges::max_element(sums, {}, &Sum::memory);
        report_.backend = asked.empty() ? best.backend : asked;
        const bool every_vendor = asked == "vulkan";
        bool one_alone = kind != GpuKind::discrete;
        for (DetectedDevice& device : report_.devices) {
            const bool fitting = plannable(device) && device.gpu.kind == kind && (every_vendor ? runs_on(asked, device.gpu.vendor) : device.gpu.vendor == best.vendor);
            if (!fitting) continue;
            device.chosen = true;
            if (one_alone) break;
        }
        return true;
    }

    void warn_of_left_out() {
        for (const DetectedDevice& device : report_.devices) {
            if (device.chosen || !plannable(device)) continue;
            const bool card = device.gpu.kind == GpuKind::discrete;
            if (card)
                report_.warnings.push_back(device.gpu.name + " is left out: " + report_.backend +
                                           " does not run on it (--backend vulkan takes cards of all makers)");
            if (device.gpu.kind == GpuKind::slice && !warned_slice_) {
                report_.warnings.push_back("one process gets one MIG instance; name another in CUDA_VISIBLE_DEVICES");
                warned_slice_ = true;
            }
        }
    }

    DetectReport& report_;
    bool idle_;
    bool warned_slice_ = false;
};

void warn(DetectReport& report) {
    for (const DetectedDevice& device : report.devices) {
        const Gpu& gpu = device.gpu;
        if (!gpu.problem.empty()) report.warnings.push_back(gpu.name + " can't be used: " + gpu.problem);
        if (!device.chosen && gpu.hidden_by.empty() && device.usable == Bytes{})
            report.warnings.push_back(gpu.name + " has no free memory and is left out");
        if (!device.chosen) continue;
        if (!gpu.memory)
            report.warnings.push_back("the memory of " + gpu.name + " is the catalog's figure: its driver does not say it");
        else if (!gpu.free && gpu.kind == GpuKind::discrete)
            report.warnings.push_back(gpu.name + " does not say how much of its memory is in use; counted as free");
        if (device.record == nullptr && gpu.kind != GpuKind::slice)
            report.warnings.push_back(gpu.name + " is not in the catalog: its reported memory is used, its speed is unknown");
    }
    if (report.backend == "cpu" && !report.machine.memory.usable())
        report.warnings.push_back("the memory of this machine is unknown");
}

DeviceChoice choice_of(const DetectedDevice& device, const std::string& backend, bool idle) {
    DeviceChoice choice;
    choice.backend = backend;
    choice.shares_ram = device.gpu.kind == GpuKind::integrated && !set_aside(device.gpu);
    choice.record = device.record;
    choice.name = device.record != nullptr ? std::string(device.record->id) : device.gpu.name;
    choice.usable = (idle ? device.usable_idle : device.usable).value_or(Bytes{});
    choice.unreserved = (idle ? device.unreserved_idle : device.unreserved).value_or(Bytes{});
    choice.memory = device.gpu.memory.value_or(Bytes{device.record != nullptr ? device.record->memory_bytes.value_or(0) : 0});
    return choice;
}

bool equal(const DeviceChoice& a, const DeviceChoice& b) {
    return a.name == b.name && a.record == b.record && a.memory == b.memory && a.usable == b.usable;
}

}  // namespace

DetectReport build_detect_report(Machine machine, const Catalog& catalog, const EngineRecord& engine, std::string_view backend,
                                 const MemoryChoice& memory) {
    DetectReport report;
    for (Gpu& gpu : machine.gpus) report.devices.push_back(device_of(std::move(gpu), machine, catalog, engine, memory.reserve));
    machine.gpus.clear();  // they are the devices now
    report.machine = std::move(machine);
    Chooser{report, memory.idle}.choose(backend);
    warn(report);
    return report;
}

MachineChoice choose_devices(const DetectReport& report, const MemoryChoice& memory) {
    MachineChoice choice;
    for (const DetectedDevice& device : report.devices) {
        if (!device.chosen) continue;
        DeviceChoice next = choice_of(device, report.backend, memory.idle);
        if (!choice.devices.empty() && equal(choice.devices.back(), next))
            ++choice.devices.back().count;
        else
            choice.devices.push_back(std::move(next));
    }
    const HostMemory& host = report.machine.memory;
    choice.host = memory.idle ? host.whole() : host.usable();
    return choice;
}

}  // namespace fitcalc
