#include "resolve_devices.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

#include "device_words.hpp"
#include "machine_words.hpp"
#include "others.hpp"
#include "report/detect_report.hpp"
#include "report/fit_request.hpp"
#include "resolve.hpp"
#include "values.hpp"

namespace fitcalc::cli {
namespace {

constexpr std::int64_t most_layers = 100'000;

class Resolver {
public:
    Resolver(const RawArgs& args, const Catalog& catalog, const EngineRecord& engine, const World& world,
             std::vector<std::string>& warnings)
        : args_{args}, catalog_{catalog}, engine_{engine}, world_{world}, warnings_{warnings} {}

    Result<void> reserve(const std::string& text);
    Result<void> add(const std::string& typed, DeviceSet& set);
    // After the devices: a machine that is among them brings its host memory along.
    Result<void> add_ram(DeviceSet& set);

private:
    Result<MachineChoice> look_at(const std::string& machine);
    Result<void> add_machine(const std::string& word, DeviceSet& set);
    Result<DeviceChoice> sized(const DeviceWords& words, const std::string& typed) const;
    Result<DeviceChoice> of_record(const DeviceRecord& record, std::int64_t count, const std::string& typed);

    const RawArgs& args_;
    const Catalog& catalog_;
    const EngineRecord& engine_;
    const World& world_;
    std::vector<std::string>& warnings_;
    std::optional<Bytes> reserve_;
    std::string machine_;  // among the devices; empty: none
};

Result<void> Resolver::reserve(const std::string& text) {
    if (text.empty()) return {};
    const auto size = parse_size("--reserve", text, MemoryUnits::decimal);
    if (!size) return tl::unexpected(size.error());
    reserve_ = *size;
    return {};
}

tl::unexpected<Error> nothing_left(const std::string& typed) {
    return fail(ErrorKind::usage, "--gpu " + typed + " leaves nothing after the reserve");
}

Result<DeviceChoice> Resolver::sized(const DeviceWords& words, const std::string& typed) const {
    DeviceChoice choice;
    choice.name = words.name;
    choice.count = words.count;
    choice.memory = *words.size;
    choice.usable = choice.memory - reserve_.value_or(engine_.driver_reserve("nvidia"));
    if (choice.usable <= Bytes{}) return nothing_left(typed);
    return choice;
}

Result<DeviceChoice> Resolver::of_record(const DeviceRecord& record, std::int64_t count, const std::string& typed) {
    if (!record.memory_bytes) return fail(ErrorKind::bad_data, "the memory of " + std::string(record.id) + " is unknown");
    DeviceChoice choice;
    choice.record = &record;
    choice.name = record.id;
    choice.count = count;
    choice.memory = Bytes{*record.memory_bytes};
    choice.usable = usable_memory(record, engine_, reserve_);
    if (choice.usable <= Bytes{}) return nothing_left(typed);
    return choice;
}

tl::unexpected<Error> memory_unknown(const std::string& machine) {
    return fail(ErrorKind::system, (machine == "auto" ? "this machine" : machine) + " does not say how much memory it has",
                "say how much: --ram 64GB");
}

Result<MachineChoice> Resolver::look_at(const std::string& word) {
    auto machine = machine_named(word, world_);
    if (!machine) return tl::unexpected(machine.error());
    const MemoryChoice memory{args_.total, reserve_};
    const DetectReport report = build_detect_report(std::move(*machine), catalog_, engine_, args_.backend, memory);
    MachineChoice choice = choose_devices(report, memory);
    for (DeviceChoice& device : choice.devices) device.machine = word;
    if (word == machine_) warnings_.insert(warnings_.end(), report.warnings.begin(), report.warnings.end());
    return choice;
}

Result<void> Resolver::add_machine(const std::string& word, DeviceSet& set) {
    if (!machine_.empty())
        return fail(ErrorKind::usage, "--gpu " + machine_ + " and --gpu " + word + ": one machine at a time");
    machine_ = word;
    auto choice = look_at(word);
    if (!choice) return tl::unexpected(choice.error());
    set.groups.insert(set.groups.end(), choice->devices.begin(), choice->devices.end());
    set.ram = choice->host;
    return {};
}

Result<void> Resolver::add_ram(DeviceSet& set) {
    if (names_a_machine(args_.ram)) {
        const auto choice = look_at(args_.ram);
        if (!choice) return tl::unexpected(choice.error());
        if (!choice->host) return memory_unknown(args_.ram);
        set.ram = choice->host;
    } else if (!args_.ram.empty()) {
        const auto size = parse_size("--ram", args_.ram, MemoryUnits::as_sold);
        if (!size) return tl::unexpected(size.error());
        set.ram = *size;
    }
    // Memory that was named is beside what a machine's devices share with its own.
    for (DeviceChoice& group : set.groups)
        if (!args_.ram.empty() && args_.ram != machine_) group.shares_ram = false;
    if (machine_.empty() || set) return {};
    if (!set.ram) return memory_unknown(machine_);
    if (args_.backend.empty()) warnings_.push_back("no GPU that engines can use: everything on the CPU, in host memory");
    return {};
}

Result<void> Resolver::add(const std::string& typed, DeviceSet& set) {
    if (names_a_machine(typed)) return add_machine(typed, set);
    const auto words = split_device_words(typed);
    if (!words) return tl::unexpected(words.error());
    const auto push = [&](Result<DeviceChoice> choice) -> Result<void> {
        if (!choice) return tl::unexpected(choice.error());
        set.groups.push_back(std::move(*choice));
        return {};
    };
    if (words->size) return push(sized(*words, typed));
    const auto found = catalog_.find_device(words->name);
    if (!found) return tl::unexpected(found.error());
    warn_of_others(words->name, *found, warnings_);
    const DeviceRecord& record = *found->record;
    if (record.kind == "host")
        return fail(ErrorKind::usage, "--gpu " + typed + ": " + std::string(record.id) + " is memory of a CPU, not a gpu",
                    "fitcalc list gpus shows them");
    if (record.members.empty()) return push(of_record(record, words->count, typed));
    // A box is as many of its members as it holds.
    for (const DeviceMember& member : record.members) {
        const auto inside = catalog_.find_device(member.id);
        if (!inside) return tl::unexpected(inside.error());
        if (auto ok = push(of_record(*inside->record, checked_mul(words->count, member.count), typed)); !ok) return ok;
    }
    return {};
}

Result<std::vector<double>> parse_shares(const std::string& text) {
    std::vector<double> shares;
    for (const std::string& item : split_list(text)) {
        double share = 0;
        const auto [end, error] = std::from_chars(item.data(), item.data() + item.size(), share);
        const bool whole = error == std::errc{} && end == item.data() + item.size();
        if (!whole || !(share >= 0 && share <= std::numeric_limits<float>::max()))
            return fail(ErrorKind::usage, "--tensor-split '" + text + "' is not a list of shares", "say 3,1");
        shares.push_back(share);
    }
    return shares;
}

Result<std::optional<Layers>> parse_layers(std::string_view option, const std::string& text, bool all_allowed) {
    if (text.empty()) return std::optional<Layers>{};
    if (all_allowed && text == "all") return Layers{most_layers};
    const auto count = parse_count(option, text, 0, most_layers);
    if (!count) return tl::unexpected(count.error());
    return Layers{*count};
}

Result<void> resolve_forced(const RawArgs& args, DeviceSet& set) {
    const auto layers = parse_layers("--ngl", args.ngl, false);
    if (!layers) return tl::unexpected(layers.error());
    const auto experts = parse_layers("--n-cpu-moe", args.n_cpu_moe, true);
    if (!experts) return tl::unexpected(experts.error());
    auto shares = parse_shares(args.tensor_split);
    if (!shares) return tl::unexpected(shares.error());
    if (!set && (*layers || *experts || !shares->empty()))
        return fail(ErrorKind::usage, "--ngl, --n-cpu-moe and --tensor-split place layers on devices",
                    args.gpu.empty() ? "name them with --gpu" : "there is none that engines can use: fitcalc detect");
    if (static_cast<std::int64_t>(shares->size()) > set.count())
        return fail(ErrorKind::usage, "--tensor-split '" + args.tensor_split + "' has more shares than there are devices");
    set.gpu_layers = *layers;
    set.cpu_moe_layers = *experts;
    set.tensor_split = std::move(*shares);
    return {};
}

void warn_of_shared_memory(const DeviceSet& set, std::vector<std::string>& warnings) {
    if (!set.ram) return;
    for (const DeviceChoice& group : set.groups)
        if (!group.shares_ram && group.record && group.record->kind == "unified")
            warnings.push_back("the memory of " + group.name + " is the system's own; --ram is counted beside what a GPU may use of it");
}

}  // namespace

Result<DeviceSet> resolve_device_set(const RawArgs& args, const Catalog& catalog, const EngineRecord& engine,
                                     const World& world, std::vector<std::string>& warnings) {
    DeviceSet set;
    const bool all_machines = std::ranges::all_of(args.gpu, names_a_machine);
    if (args.backend == "cpu" && !all_machines)
        return fail(ErrorKind::usage, "--backend cpu runs on no --gpu", "leave one of them out");
    if (args.backend == "cpu" && args.gpu.empty() && args.ram.empty())
        return fail(ErrorKind::usage, "--backend cpu needs to know how much memory there is",
                    "say --ram 64GB, or --ram auto for what is free here");
    if (args.total && std::ranges::none_of(args.gpu, names_a_machine) && !names_a_machine(args.ram))
        return fail(ErrorKind::usage, "--total goes with --gpu auto");
    Resolver resolver{args, catalog, engine, world, warnings};
    if (auto ok = resolver.reserve(args.reserve); !ok) return tl::unexpected(ok.error());
    for (const std::string& typed : args.gpu)
        if (auto ok = resolver.add(typed, set); !ok) return tl::unexpected(ok.error());
    if (auto ok = resolver.add_ram(set); !ok) return tl::unexpected(ok.error());
    if (auto ok = resolve_forced(args, set); !ok) return tl::unexpected(ok.error());
    warn_of_shared_memory(set, warnings);
    return set;
}

}  // namespace fitcalc::cli
