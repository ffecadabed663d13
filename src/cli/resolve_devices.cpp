#include "resolve_devices.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

#include "catalog/names.hpp"
#include "device_words.hpp"
#include "machine_words.hpp"
#include "others.hpp"
#include "report/detect_report.hpp"
#include "report/device_sets.hpp"
#include "report/fit_request.hpp"
#include "resolve.hpp"
#include "values.hpp"

namespace fitcalc::cli {
namespace {

constexpr std::int64_t most_layers = 100'000;

class Resolver {
public:
    Resolver(const RawArgs& args, const Catalog& catalog, const EngineRecord& engine, const World& world,
             std::vector<std::string>& warnings, std::optional<Bytes> reserve)
        : args_{args}, catalog_{catalog}, engine_{engine}, world_{world}, warnings_{warnings}, reserve_{reserve} {}

    Result<void> add(const std::string& typed, DeviceSet& set);
    // After the devices: a machine that is among them brings its host memory along.
    Result<void> add_ram(DeviceSet& set);

private:
    void share_ram(DeviceSet& set, std::optional<Bytes> here);
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

tl::unexpected<Error> nothing_left(const std::string& typed) {
    return fail(ErrorKind::usage, "--gpu " + typed + " leaves nothing after the reserve");
}

Result<DeviceChoice> Resolver::sized(const DeviceWords& words, const std::string& typed) const {
    DeviceChoice choice;
    choice.name = words.name;
    choice.count = words.count;
    choice.memory = *words.size;
    choice.unreserved = choice.memory - engine_.driver_reserve("nvidia");
    choice.usable = reserve_ ? choice.memory - *reserve_ : choice.unreserved;
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
    choice.unreserved = usable_memory(record, engine_, {});
    if (choice.usable <= Bytes{}) return nothing_left(typed);
    return choice;
}

tl::unexpected<Error> memory_unknown(const std::string& machine) {
    return fail(ErrorKind::system, (machine.starts_with('@') ? machine : "this machine") + " does not say how much memory it has",
                "say how much: --ram 64GB");
}

Result<MachineChoice> Resolver::look_at(const std::string& word) {
    auto machine = machine_named(word, world_);
    if (!machine) return tl::unexpected(machine.error());
    const MemoryChoice memory{args_.total, reserve_};
    const DetectReport report = build_detect_report(std::move(*machine), catalog_, engine_, args_.backend, memory);
    MachineChoice choice = choose_devices(report, memory);
    for (DeviceChoice& device : choice.devices) device.machine = word;
    // Of one that lends its memory alone what is said of its devices is no news.
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

// Unified memory is the host's as well. --ram says how much may be taken beside the GPU's part; all of it together is no
// more than the machine has. `here`: of the machine that --gpu names.
void Resolver::share_ram(DeviceSet& set, std::optional<Bytes> here) {
    SharedMemory shared;
    for (DeviceChoice& group : set.groups) {
        if (group.shares_ram) {
            shared.add(group.usable * group.count, std::max(here.value_or(Bytes{}), *set.ram));
        } else if (group.named_unified()) {
            group.shares_ram = true;
            shared.add(group.usable * group.count, group.memory * group.count);
            if (*set.ram > group.memory)
                warnings_.push_back(group.name + " has " + std::to_string(group.memory / GiB) +
                                    " GiB in all, which are its GPU's, too: --ram adds none");
        }
    }
    if (shared) set.ram = shared.with(*set.ram);
}

Result<void> Resolver::add_ram(DeviceSet& set) {
    const std::optional<Bytes> here = set.ram;
    if (names_a_machine(args_.ram)) {
        if (args_.ram != machine_) {
            const auto choice = look_at(args_.ram);
            if (!choice) return tl::unexpected(choice.error());
            set.ram = choice->host;
        }
        if (!set.ram) return memory_unknown(args_.ram);
    } else if (!args_.ram.empty()) {
        const auto size = parse_size("--ram", args_.ram, MemoryUnits::as_sold);
        if (!size) return tl::unexpected(size.error());
        set.ram = *size;
    }
    if (!args_.ram.empty() && args_.ram != machine_) share_ram(set, here);
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

bool one_vendor_only(std::string_view backend) { return backend == "cuda" || backend == "rocm" || backend == "metal"; }

bool a_mac(const DeviceChoice& group) {
    return group.record && group.record->vendor == "apple";
}

// No Mac with unified memory takes another maker's card.
bool mac_beside_others(const DeviceSet& set) {
    return std::ranges::any_of(set.groups, a_mac) && !std::ranges::all_of(set.groups, a_mac);
}

// llama.cpp runs on the devices of one machine; others it reaches over the network only.
void warn_of_machines(const DeviceSet& set, std::vector<std::string>& warnings) {
    std::int64_t machines = 0;
    for (const DeviceChoice& group : set.groups)
        if (group.named_unified()) machines += group.count;
    const std::string joined = ": llama.cpp joins them over the network (--rpc), which these commands don't";
    if (machines > 1)
        warnings.push_back("devices with unified memory are machines of their own" + joined);
    else if (mac_beside_others(set))
        warnings.push_back("a Mac and other devices are machines of their own" + joined);
}

void warn_of_backends(const DeviceSet& set, std::vector<std::string>& warnings) {
    if (mac_beside_others(set)) return;  // no build has both
    std::vector<std::string_view> backends;
    for (const DeviceChoice& group : set.groups) {
        const std::string_view own = group.usual_backend();
        if (!own.empty() && std::ranges::find(backends, own) == backends.end()) backends.push_back(own);
    }
    if (backends.size() > 1)
        warnings.push_back("these devices have backends of their own (" + listed(backends) +
                           "): llama.cpp needs a build with all of them, or Vulkan (--backend vulkan)");
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
    if (!args.reserve.empty()) {
        const auto size = parse_reserve(args.reserve);
        if (!size) return tl::unexpected(size.error());
        set.reserve = *size;
    }
    Resolver resolver{args, catalog, engine, world, warnings, set.reserve};
    for (const std::string& typed : args.gpu)
        if (auto ok = resolver.add(typed, set); !ok) return tl::unexpected(ok.error());
    for (const DeviceChoice& group : set.groups)
        if (one_vendor_only(args.backend) && group.record && !runs_on(args.backend, group.record->vendor))
            return fail(ErrorKind::usage, "--backend " + args.backend + " does not run on " + group.name,
                        "leave it out, or say --backend " + std::string(group.record->backend));
    if (auto ok = resolver.add_ram(set); !ok) return tl::unexpected(ok.error());
    if (auto ok = resolve_forced(args, set); !ok) return tl::unexpected(ok.error());
    if (engine.name == "llama.cpp") warn_of_machines(set, warnings);
    if (engine.name == "llama.cpp" && args.backend.empty()) warn_of_backends(set, warnings);
    return set;
}

}  // namespace fitcalc::cli
