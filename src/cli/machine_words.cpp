#include "machine_words.hpp"

#include "importers/machine_file.hpp"
#include "values.hpp"

namespace fitcalc::cli {
namespace {

tl::unexpected<Error> no_memory(const std::string& word) {
    return fail(ErrorKind::system, (word == "auto" ? "this machine" : word) + " does not say how much memory it has",
                "name the device or its size: --gpu 24GB");
}

void take_warnings(const DetectReport& report, FitRequest& request) {
    request.warnings.insert(request.warnings.end(), report.warnings.begin(), report.warnings.end());
}

void use_cpu(DeviceChoice host, FitRequest& request) {
    request.settings.device = GraphDevice::cpu;
    request.backend = "cpu";
    request.devices = std::move(host);
}

}  // namespace

bool names_a_machine(std::string_view word) { return word == "auto" || word.starts_with('@'); }

Result<Machine> machine_named(const std::string& word, const World& world) {
    if (word == "auto") return world.detect ? world.detect() : Machine{};
    const auto text = world.read_file(word.substr(1));
    if (!text) return tl::unexpected(text.error());
    return read_machine(*text, word.substr(1));
}

Result<void> resolve_cpu(const std::string& word, const MemoryChoice& memory, const World& world, FitRequest& request) {
    auto machine = machine_named(word, world);
    if (!machine) return tl::unexpected(machine.error());
    const DetectReport report = build_detect_report(std::move(*machine), *request.catalog, *request.engine, "cpu", memory);
    MachineChoice choice = choose_devices(report, memory);
    if (!choice.host) return no_memory(word);
    use_cpu(std::move(*choice.host), request);
    return {};
}

Result<void> resolve_machine(const RawArgs& args, const std::string& word, const MemoryChoice& memory, const World& world,
                             FitRequest& request) {
    auto machine = machine_named(word, world);
    if (!machine) return tl::unexpected(machine.error());
    const DetectReport report =
        build_detect_report(std::move(*machine), *request.catalog, *request.engine, args.backend, memory);
    MachineChoice choice = choose_devices(report, memory);
    take_warnings(report, request);
    if (choice.devices.empty()) {
        if (!choice.host) return no_memory(word);
        if (args.backend.empty())
            request.warnings.push_back("no GPU that engines can use: everything on the CPU, in host memory");
        use_cpu(std::move(*choice.host), request);
        return {};
    }
    request.backend = choice.backend;
    request.devices = std::move(choice.devices.front());
    // Cards of one kind share the layers evenly; what is free on the fullest is what all can have.
    for (std::size_t i = 1; i < choice.devices.size(); ++i) {
        const DeviceChoice& next = choice.devices[i];
        if (next.record != request.devices->record || next.name != request.devices->name)
            return fail(ErrorKind::unsupported, "this machine has several kinds of GPU, and mixed sets are not there yet",
                        "name one of them in CUDA_VISIBLE_DEVICES or HIP_VISIBLE_DEVICES, or with --gpu");
        request.devices->usable = std::min(request.devices->usable, next.usable);
        request.devices->count += next.count;
    }
    return {};
}

Result<DetectReport> detect_verb(const RawArgs& args, const Catalog& catalog, const World& world) {
    if (args.positional.size() > 1 || (args.positional.size() == 1 && !names_a_machine(args.positional.front())))
        return fail(ErrorKind::usage, "detect takes a saved machine or nothing", "fitcalc detect @machine.json");
    const auto engine = catalog.find_engine(args.engine.empty() ? "llama.cpp" : args.engine);
    if (!engine) return tl::unexpected(engine.error());
    MemoryChoice memory;
    if (!args.reserve.empty()) {
        const auto reserve = parse_size("--reserve", args.reserve, MemoryUnits::decimal);
        if (!reserve) return tl::unexpected(reserve.error());
        memory.reserve = *reserve;
    }
    auto machine = machine_named(args.positional.empty() ? "auto" : args.positional.front(), world);
    if (!machine) return tl::unexpected(machine.error());
    return build_detect_report(std::move(*machine), catalog, **engine, args.backend, memory);
}

}  // namespace fitcalc::cli
