#include <algorithm>
#include <map>

#include "format.hpp"
#include "page.hpp"
#include "phrases.hpp"
#include "texts.hpp"
#include "units.hpp"

namespace fitcalc {
namespace {

constexpr std::size_t shortest_name = 24;  // to which a name may be cut

class Detection {
public:
    Detection(const DetectReport& report, const Terminal& terminal, Units units)
        : report_{report}, machine_{report.machine}, units_{units}, page_{terminal} {}

    std::string text() {
        page_.items(processor(), " · ", {machine_.cpu.name.empty() ? "processor unknown" : machine_.cpu.name, Style::strong});
        page_.items(memory(), " · ");
        page_.blank();
        if (!report_.devices.empty()) devices();
        plan();
        hidden();
        unread();
        return page_.take();
    }

private:
    std::string bytes(Bytes size) const { return fitcalc::size(size, units_); }
    std::string cell(const std::optional<Bytes>& size) const { return size ? size_number(*size, units_) : ""; }

    std::vector<std::string> processor() const {
        const Processor& cpu = machine_.cpu;
        std::vector<std::string> items{""};  // the name is the lead
        if (cpu.sockets && *cpu.sockets > 1) items.push_back(counted(*cpu.sockets, "socket"));
        if (cpu.cores) items.push_back(counted(*cpu.cores, "core"));
        if (cpu.threads) items.push_back(counted(*cpu.threads, "thread"));
        if (cpu.numa_nodes && *cpu.numa_nodes > 1) items.push_back(counted(*cpu.numa_nodes, "NUMA node"));
        if (machine_.system.name == "macos") items.emplace_back("macOS");
        if (!machine_.system.wsl.empty()) items.push_back("WSL " + machine_.system.wsl);
        if (!machine_.system.container.empty()) items.push_back("in a container (" + machine_.system.container + ")");
        return items;
    }

    std::vector<std::string> memory() const {
        const HostMemory& memory = machine_.memory;
        if (!memory.total) return {"memory unknown"};
        std::vector<std::string> items{bytes(*memory.total) + " of memory"};
        if (memory.available) items.push_back(bytes(*memory.available) + " available");
        if (memory.limit) items.push_back(formatted("limited to {} here", bytes(*memory.limit)));
        std::string kind = memory.type;
        if (memory.megatransfers_per_second) kind += formatted("{}{} MT/s", kind.empty() ? "" : " ", *memory.megatransfers_per_second);
        if (!kind.empty()) items.push_back(std::move(kind));
        if (memory.channels) items.push_back(counted(*memory.channels, "channel"));
        return items;
    }

    void devices() {
        const auto unit = name_of(units_);
        Table table{{{"", Align::left},
                     {"GPU", Align::left, 0, shortest_name},
                     {"catalog", Align::left, 2},
                     {formatted("memory {}", unit), Align::decimal},
                     {"in use", Align::decimal, 3},
                     {"free", Align::decimal, 1},
                     {"usable", Align::decimal},
                     {"driver", Align::left, 4}}};
        for (const DetectedDevice& device : report_.devices) {
            const Gpu& gpu = device.gpu;
            const Style style = device.usable && gpu.hidden_by.empty() ? Style::plain : Style::faint;
            table.row({{device.chosen ? "›" : "", Style::strong},
                       {gpu.name, style},
                       {device.record != nullptr ? std::string(device.record->id) : "unknown", style},
                       {cell(gpu.memory), style},
                       {cell(gpu.used), style},
                       {cell(gpu.free), style},
                       {gpu.hidden_by.empty() ? device.usable ? cell(device.usable) : "no" : "hidden", style},
                       {gpu.driver + (gpu.driver_version.empty() ? "" : " " + gpu.driver_version), style}});
        }
        page_.table(table);
        page_.blank();
    }

    void plan() {
        std::vector<std::string> names;
        for (const DetectedDevice& device : report_.devices)
            if (device.chosen) names.push_back(device.gpu.name);
        if (names.empty()) {
            const auto usable = machine_.memory.usable();
            page_.paragraph(formatted("No GPU that engines can use: --gpu auto plans for the CPU{}.",
                                        usable ? ", with " + bytes(*usable) + " of memory" : ""));
            return;
        }
        const bool alike = std::ranges::all_of(names, [&](const std::string& name) { return name == names.front(); });
        const std::string all = alike && names.size() > 1 ? formatted("{}× {}", names.size(), names.front()) : enumerated(names);
        page_.led_paragraph({"› ", Style::strong}, formatted("--gpu auto plans with {} on {}", all, backend_name(report_.backend)));
    }

    void hidden() {
        std::map<std::string, std::int64_t> counts;
        for (const DetectedDevice& device : report_.devices)
            if (!device.gpu.hidden_by.empty()) ++counts[device.gpu.hidden_by];
        for (const auto& [variable, count] : counts) page_.paragraph(formatted("{} hides {}", variable, counted(count, "GPU")));
    }

    void unread() {
        if (machine_.unread.empty()) return;
        page_.blank();
        page_.heading("Could not be read");
        for (const Unread& each : machine_.unread) page_.led_paragraph({"  "}, each.what + ": " + each.reason);
    }

    const DetectReport& report_;
    const Machine& machine_;
    Units units_;
    Page page_;
};

}  // namespace

std::string detect_text(const DetectReport& report, const Terminal& terminal, Units units) {
    return Detection{report, terminal, units}.text();
}

}  // namespace fitcalc
