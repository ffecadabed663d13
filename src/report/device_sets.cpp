#include "device_sets.hpp"

#include <algorithm>
#include <array>
#include <queue>
#include <span>

#include "device_family.hpp"

namespace fitcalc {
namespace {

constexpr std::array<std::int64_t, 6> usual_counts{1, 2, 3, 4, 6, 8};  // of cards in one machine
constexpr std::size_t most_sizes = 6;
constexpr std::size_t most_vendors_of_a_size = 2;

// A device, and the number of it that is tried next.
struct Candidate {
    const DeviceRecord* device;
    PlacementDevice limits;
    std::size_t tried;  // index into usual_counts

    std::int64_t count() const { return usual_counts[tried]; }
    Bytes set_memory() const { return Bytes{device->marketed_memory_bytes.value_or(0)} * count(); }
};

// Small sets first; of one size, few devices before many, new ones before old, the common variant first.
struct TriedLater {
    bool operator()(const Candidate& a, const Candidate& b) const {
        const auto size = [](const Candidate& c) { return std::pair{c.set_memory(), c.count()}; };
        if (size(a) != size(b)) return size(a) > size(b);
        return named_before(*b.device, *a.device);
    }
};

using Candidates = std::priority_queue<Candidate, std::vector<Candidate>, TriedLater>;

// Boxes are several of another record, and a laptop is not what one buys for a model.
bool worth_naming(const DeviceRecord& device) {
    return device.memory_bytes && !device.uncommon && (device.kind == "gpu" || device.unified()) && device.device_class != "laptop";
}

std::size_t counts_of(const DeviceRecord& device) {
    return several_in_a_machine(device) ? usual_counts.size() : 1;
}

// Moves on to the first count, from `tried` on, that holds weights and cache; false when there is none.
bool skip_hopeless(Candidate& candidate, std::span<const Bytes> least) {
    const std::size_t counts = counts_of(*candidate.device);
    while (candidate.tried < counts && least[candidate.tried] > candidate.limits.usable) ++candidate.tried;
    return candidate.tried < counts;
}

// The sizes of sets named so far, and for the last of them the vendors.
class SizesSeen {
public:
    bool enough(Bytes size) const { return sizes_ == most_sizes && size != last_; }
    bool wanted(Bytes size, std::string_view vendor) const {
        if (size != last_) return true;
        return vendors_.size() < most_vendors_of_a_size && std::ranges::find(vendors_, vendor) == vendors_.end();
    }
    void add(Bytes size, std::string_view vendor) {
        if (size != last_) {
            ++sizes_;
            last_ = size;
            vendors_.clear();
        }
        vendors_.push_back(vendor);
    }

private:
    std::size_t sizes_ = 0;
    Bytes last_;
    std::vector<std::string_view> vendors_;
};

DeviceRow row_of(const DevicePlacement& fullest, const DeviceRecord* record, std::string name, Bytes memory, Bytes usable) {
    DeviceRow row;
    row.record = record;
    row.name = std::move(name);
    row.memory = memory;
    row.usable = usable;
    row.required = fullest.total;
    row.headroom = fullest.free;
    return row;
}

Result<void> add_max_context(DeviceRow& row, PlacementSolver& solver, const QuantizedModel& quantized,
                             const PlacementLimits& limits) {
    const auto context = solver.max_context(quantized, limits);
    if (!context) return tl::unexpected(context.error());
    row.max_context = *context;
    return {};
}

}  // namespace

bool runs_on(std::string_view backend, std::string_view vendor) {
    if (backend == "cuda") return vendor == "nvidia";
    if (backend == "rocm") return vendor == "amd";
    if (backend == "metal") return vendor == "apple";
    if (backend == "sycl") return vendor == "intel";
    return backend == "vulkan" && vendor != "apple";
}

BackendOverhead overhead_of(const EngineRecord& engine, std::string_view backend) {
    static const BackendRecord unmeasured{};
    const BackendRecord* cuda = engine.backend("cuda");
    const BackendRecord* own = engine.backend(backend);
    return (own ? *own : unmeasured).overhead(cuda ? *cuda : unmeasured);
}

Bytes usable_memory(const DeviceRecord& device, const EngineRecord& engine, std::optional<Bytes> reserve) {
    if (device.default_limit_bytes) return Bytes{*device.default_limit_bytes} - reserve.value_or(Bytes{});
    return Bytes{device.memory_bytes.value_or(0)} - reserve.value_or(engine.driver_reserve(device.vendor));
}

std::vector<DeviceRow> asked_devices(const DeviceSet& devices, const Placement& placement,
                                     std::optional<Tokens> max_context) {
    std::vector<DeviceRow> rows;
    auto next = placement.devices.begin();
    for (const DeviceChoice& group : devices.groups) {
        const auto end = next + group.count;
        const DevicePlacement& fullest = *std::min_element(
            next, end, [](const DevicePlacement& a, const DevicePlacement& b) { return a.free < b.free; });
        DeviceRow row = row_of(fullest, group.record, group.name, group.memory, group.usable);
        row.count = group.count;
        row.verdict = placement.verdict;
        row.max_context = max_context;
        rows.push_back(std::move(row));
        next = end;
    }
    return rows;
}

Result<std::vector<DeviceRow>> smallest_sets(const FitRequest& request, PlacementSolver& solver,
                                             const QuantizedModel& quantized) {
    std::vector<Bytes> least;
    for (const std::int64_t count : usual_counts) {
        const auto required = solver.least_required(quantized, count);
        if (!required) return tl::unexpected(required.error());
        least.push_back(*required);
    }
    Candidates candidates;
    for (const DeviceRecord* device : request.catalog->devices()) {
        if (!worth_naming(*device)) continue;
        const Bytes usable = usable_memory(*device, *request.engine, request.devices.reserve);
        Candidate candidate{device, {usable, overhead_of(*request.engine, device->backend)}, 0};
        if (skip_hopeless(candidate, least)) candidates.push(candidate);
    }
    std::vector<DeviceRow> rows;
    SizesSeen seen;
    while (!candidates.empty()) {
        Candidate candidate = candidates.top();
        candidates.pop();
        if (seen.enough(candidate.set_memory())) break;
        if (!seen.wanted(candidate.set_memory(), candidate.device->vendor)) continue;
        const PlacementLimits limits = PlacementLimits::equal(candidate.limits, candidate.count());
        const auto fit = solver.place(quantized, limits);
        if (!fit) return tl::unexpected(fit.error());
        if (!at_least(fit->verdict, Verdict::good)) {
            ++candidate.tried;
            if (skip_hopeless(candidate, least)) candidates.push(candidate);
            continue;
        }
        seen.add(candidate.set_memory(), candidate.device->vendor);
        const DeviceRecord& device = *candidate.device;
        DeviceRow row = row_of(fit->fullest(), &device, std::string(device.id), Bytes{*device.memory_bytes}, candidate.limits.usable);
        row.count = candidate.count();
        row.verdict = fit->verdict;
        if (request.max_context)
            if (auto ok = add_max_context(row, solver, quantized, limits); !ok) return tl::unexpected(ok.error());
        rows.push_back(std::move(row));
    }
    return rows;
}

}  // namespace fitcalc
