#include "ways_out.hpp"

#include <algorithm>
#include <array>

#include "device_family.hpp"
#include "device_sets.hpp"
#include "fitcalc/run_commands.hpp"
#include "own_flags.hpp"
#include "placing.hpp"
#include "quant_ladder.hpp"

namespace fitcalc {
namespace {

constexpr std::int64_t most_added_devices = 8;
// Sizes that memory is sold in.
constexpr std::array<std::int64_t, 17> sold_gib{8,   16,  24,  32,  48,  64,  96,   128,  192,
                                                256, 384, 512, 768, 1024, 1536, 2048, 4096};
const Bytes unlimited = GiB * (std::int64_t{1} << 20);

Verdict least_yes(const PlacementLimits& limits) {
    return limits.host ? Verdict::offload : Verdict::tight;
}

class WayFinder {
public:
    WayFinder(const Subject& subject, PlacementSolver& solver, const QuantizedModel& asked,
              const PlacementLimits& limits, const FitReport& report)
        : subject_{subject}, solver_{solver}, asked_{asked}, limits_{limits}, report_{report} {}

    using Way = Result<std::optional<WayOut>>;
    Result<std::vector<WayOut>> without_flags();
    Way fewer_sequences();
    Way smaller_cache();
    Way shorter_context();
    Way smaller_quantization();
    Way host_memory();
    Way more_devices();
    Way larger_device();

private:
    // The way, if the model fits there: with a part in host memory only where it is said how much there is.
    Way placed(PlacementSolver& solver, const QuantizedModel& quantized, const PlacementLimits& limits, WayOut way) const;
    // What was asked for, with other settings.
    Way placed_with(const EngineSettings& settings, const PlacementLimits& limits, WayOut way) const;

    const Subject& subject_;
    PlacementSolver& solver_;
    const QuantizedModel& asked_;
    const PlacementLimits& limits_;
    const FitReport& report_;
};

WayFinder::Way WayFinder::placed(PlacementSolver& solver, const QuantizedModel& quantized,
                                 const PlacementLimits& limits, WayOut way) const {
    auto placement = solver.place(quantized, limits);
    if (!placement) return tl::unexpected(placement.error());
    if (!at_least(placement->verdict, least_yes(limits))) return std::optional<WayOut>{};
    for (const PlacementDevice& device : limits.devices) way.usable += device.usable;
    way.placement = std::move(*placement);
    return way;
}

WayFinder::Way WayFinder::placed_with(const EngineSettings& settings, const PlacementLimits& limits, WayOut way) const {
    PlacementSolver solver{subject_.estimator, settings};
    return placed(solver, asked_, limits, std::move(way));
}

Result<std::vector<WayOut>> WayFinder::without_flags() {
    std::vector<WayOut> ways;
    for (const WithoutFlag& without : without_own_flags(subject_.request)) {
        WayOut way;
        way.remedy = Remedy::without_flag;
        way.flag = without.flag;
        way.instead = without.instead;
        auto found = placed_with(without.request.settings,
                                 placement_limits(without.request, report_.settings.backend), std::move(way));
        if (!found) return tl::unexpected(found.error());
        if (*found) ways.push_back(std::move(**found));
    }
    return ways;
}

WayFinder::Way WayFinder::fewer_sequences() {
    EngineSettings settings = subject_.request.settings;
    if (settings.sequences == 1) return std::optional<WayOut>{};
    const auto most = solver_.max_parallel(asked_, limits_, least_yes(limits_));
    if (!most) return tl::unexpected(most.error());
    if (*most < 1) return std::optional<WayOut>{};
    settings.sequences = *most;
    WayOut way;
    way.remedy = Remedy::sequences;
    way.sequences = *most;
    way.flag = "--parallel " + std::to_string(*most);
    return placed_with(settings, limits_, std::move(way));
}

WayFinder::Way WayFinder::smaller_cache() {
    for (const GgmlType type : {GgmlType::q8_0, GgmlType::q4_0}) {
        EngineSettings settings = subject_.request.settings;
        if (bits_per_value(type) >= std::min(bits_per_value(settings.type_k), bits_per_value(settings.type_v))) continue;
        settings.type_k = settings.type_v = type;
        if (!check_settings(subject_.estimator.model(), settings)) continue;
        WayOut way;
        way.remedy = Remedy::cache_type;
        way.cache_type = type;
        way.flag = "--kv-type " + std::string(traits(type).name);
        auto found = placed_with(settings, limits_, std::move(way));
        if (!found || *found) return found;
    }
    return std::optional<WayOut>{};
}

WayFinder::Way WayFinder::shorter_context() {
    if (!report_.max_context || *report_.max_context >= subject_.request.settings.context) return std::optional<WayOut>{};
    EngineSettings settings = subject_.request.settings;
    settings.context = *report_.max_context;
    WayOut way;
    way.remedy = Remedy::context;
    way.context = settings.context;
    way.flag = "--ctx " + std::to_string(settings.context.count());
    return placed_with(settings, limits_, std::move(way));
}

// The devices as --gpu takes them, with more of the last one.
std::string flags_with_more(const std::vector<DeviceChoice>& groups, std::int64_t more) {
    const auto flag = [](const std::string& name, std::int64_t count) {
        return " --gpu " + shell_word((count > 1 ? std::to_string(count) + "x" : "") + name);
    };
    std::string flags, machine;
    for (const DeviceChoice& group : groups) {
        const bool last = &group == &groups.back();
        if (group.machine.empty()) {
            flags += flag(group.name, group.count + (last ? more : 0));
            continue;
        }
        if (machine != group.machine) flags += flag(group.machine, 1);
        if (last) flags += flag(group.name, more);
        machine = group.machine;
    }
    return flags.substr(1);
}

// What the catalog doesn't know has no name to ask for.
bool can_be_added(const DeviceChoice& device) {
    if (device.shares_ram) return false;
    return device.record != nullptr ? several_in_a_machine(*device.record) : device.machine.empty();
}

// The one that loses least of those that fit. One of unknown loss is no advice.
WayFinder::Way WayFinder::smaller_quantization() {
    if (report_.file && report_.file->quantized) return std::optional<WayOut>{};
    const auto asked = std::ranges::find_if(report_.quants, &QuantRow::asked);
    if (asked == report_.quants.end()) return std::optional<WayOut>{};
    const auto proposed = [&](const QuantRow& row) {
        return row.label.empty() && row.total < asked->total && row.quality && !below_proposed(*row.quality);
    };
    std::vector<const QuantRow*> rows;
    for (const QuantRow& row : report_.quants)
        if (proposed(row)) rows.push_back(&row);
    const auto quality = [](const QuantRow* row) { return row->quality->percent; };
    std::ranges::stable_sort(rows, std::ranges::greater{}, quality);
    for (const QuantRow* row : rows) {
        const QuantizedModel quantized = subject_.estimator.quantize(row->type, subject_.request.importance_matrix);
        const auto verdict = solver_.verdict(quantized, limits_);
        if (!verdict) return tl::unexpected(verdict.error());
        if (!at_least(*verdict, least_yes(limits_))) continue;
        WayOut way;
        way.remedy = Remedy::quantization;
        way.quantization = row->type;
        way.flag = "--quant " + std::string(traits(row->type).name);
        way.quality = row->quality;
        if (asked->quality) way.quality_points = asked->quality->percent - quality(row);
        return placed(solver_, quantized, limits_, std::move(way));
    }
    return std::optional<WayOut>{};
}

WayFinder::Way WayFinder::host_memory() {
    // Of a published mix only the size is known, not what of it would lie there.
    if (subject_.request.published) return std::optional<WayOut>{};
    // Memory that the devices share is all there is.
    if (std::ranges::any_of(limits_.devices, &PlacementDevice::shares_host)) return std::optional<WayOut>{};
    PlacementLimits limits = limits_;
    SharedMemory shared;
    auto device = limits.devices.begin();
    for (const DeviceChoice& group : subject_.request.devices.groups) {
        std::for_each_n(device, group.count, [&](PlacementDevice& each) { each.shares_host = group.named_unified(); });
        device += group.count;
        if (group.named_unified()) shared.add(group.usable * group.count, group.memory * group.count);
    }
    limits.host = shared ? shared.whole : unlimited;
    auto found = placed(solver_, asked_, limits, {});
    if (!found || !*found) return found;
    WayOut& way = **found;
    const auto enough = std::ranges::find_if(sold_gib, [&](std::int64_t gib) { return GiB * gib >= way.placement.host.total; });
    if (enough == sold_gib.end()) return std::optional<WayOut>{};
    const Bytes size = GiB * *enough, there = shared ? shared.with(size) : size;
    *way.placement.host.free -= *limits.host - there;
    way.remedy = Remedy::host_memory;
    way.flag = "--ram " + std::to_string(*enough) + "GB";
    return found;
}

WayFinder::Way WayFinder::more_devices() {
    const auto& groups = subject_.request.devices.groups;
    // Given shares are for the devices that there are.
    if (groups.empty() || !limits_.tensor_split.empty() || !can_be_added(groups.back())) return std::optional<WayOut>{};
    PlacementLimits limits = limits_;
    for (std::int64_t more = 1; more <= most_added_devices; ++more) {
        limits.devices.push_back(limits_.devices.back());
        const auto verdict = solver_.verdict(asked_, limits);
        if (!verdict) return std::optional<WayOut>{};  // more than an engine process takes
        if (!at_least(*verdict, least_yes(limits))) continue;
        WayOut way;
        way.remedy = Remedy::more_devices;
        way.more = more;
        way.flag = flags_with_more(groups, more);
        return placed(solver_, asked_, limits, std::move(way));
    }
    return std::optional<WayOut>{};
}

// Another machine in the place of one that holds no second device.
WayFinder::Way WayFinder::larger_device() {
    const FitRequest& request = subject_.request;
    const auto& groups = request.devices.groups;
    if (groups.size() != 1 || groups.front().count != 1) return std::optional<WayOut>{};
    const DeviceChoice& one = groups.front();
    if (one.record == nullptr || several_in_a_machine(*one.record)) return std::optional<WayOut>{};
    PlacementLimits limits = limits_;
    // Host memory that was found in this machine, or is the device's as well, is not the other's.
    if (!one.machine.empty() || one.record->unified()) limits.host.reset();
    for (const DeviceRecord* larger : larger_devices(*request.catalog, *one.record)) {
        const std::string_view backend = request.backend.empty() ? larger->backend : std::string_view(request.backend);
        const Bytes usable = usable_memory(*larger, *request.engine, request.devices.reserve);
        if (usable <= Bytes{}) continue;
        limits.devices = {{usable, overhead_of(*request.engine, backend)}};
        const auto verdict = solver_.verdict(asked_, limits);
        if (!verdict) return tl::unexpected(verdict.error());
        if (!at_least(*verdict, least_yes(limits))) continue;
        WayOut way;
        way.remedy = Remedy::larger_device;
        way.device = larger;
        way.flag = "--gpu " + std::string(larger->id);
        return placed(solver_, asked_, limits, std::move(way));
    }
    return std::optional<WayOut>{};
}

}  // namespace

Result<std::vector<WayOut>> ways_out(const Subject& subject, PlacementSolver& solver, const QuantizedModel& asked,
                                     const PlacementLimits& limits, const FitReport& report) {
    WayFinder finder{subject, solver, asked, limits, report};
    auto ways = finder.without_flags();
    for (const auto way : {&WayFinder::fewer_sequences, &WayFinder::smaller_cache, &WayFinder::shorter_context,
                           &WayFinder::smaller_quantization, &WayFinder::host_memory, &WayFinder::more_devices,
                           &WayFinder::larger_device}) {
        if (!ways) return ways;
        auto found = (finder.*way)();
        if (!found) return tl::unexpected(found.error());
        if (*found) ways->push_back(std::move(**found));
    }
    return ways;
}

}  // namespace fitcalc
