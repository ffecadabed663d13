#include "device_sets.hpp"

#include <algorithm>
#include <map>

namespace fitcalc {
namespace {

constexpr std::int64_t most_devices = 8;  // what one machine usually holds
constexpr std::size_t most_sizes = 6;
constexpr std::size_t most_vendors_of_a_size = 2;

struct Candidate {
    const DeviceRecord* device;
    DeviceFit fit;
    Bytes usable;

    Bytes set_memory() const { return Bytes{device->marketed_memory_bytes.value_or(0)} * fit.count; }
};

// Boxes are several of another record, and a laptop is not what one buys for a model.
bool worth_naming(const DeviceRecord& device) {
    return device.memory_bytes && (device.kind == "gpu" || device.kind == "unified") && device.device_class != "laptop";
}

Result<std::vector<Candidate>> candidates(const FitRequest& request, FitSolver& solver) {
    std::vector<Candidate> found;
    // Many devices share a size; each is asked about once.
    std::map<std::pair<Bytes, std::string_view>, DeviceFit> known;
    for (const DeviceRecord* device : request.catalog->devices()) {
        if (!worth_naming(*device)) continue;
        const Bytes usable = usable_memory(*device, *request.engine, std::nullopt);
        const auto key = std::pair{usable, device->backend};
        auto at = known.find(key);
        if (at == known.end()) {
            const DeviceLimits limits{usable, overhead_of(*request.engine, device->backend)};
            // One machine holds several cards, but no several Macs.
            const std::int64_t most = device->kind == "unified" ? 1 : most_devices;
            const auto fit = solver.smallest(limits, most, Verdict::good);
            if (!fit) return tl::unexpected(fit.error());
            at = known.emplace(key, *fit).first;
        }
        if (at_least(at->second.verdict, Verdict::good)) found.push_back({device, at->second, usable});
    }
    return found;
}

DeviceRow row_of(const DeviceFit& fit, const DeviceRecord* record, std::string name, Bytes memory, Bytes usable) {
    DeviceRow row;
    row.record = record;
    row.name = std::move(name);
    row.count = fit.count;
    row.memory = memory;
    row.usable = usable;
    row.required = fit.required;
    row.headroom = usable - fit.required;
    row.verdict = fit.verdict;
    return row;
}

Result<void> add_max_context(DeviceRow& row, FitSolver& solver, const DeviceLimits& limits) {
    const auto context = solver.max_context(row.count, limits);
    if (!context) return tl::unexpected(context.error());
    row.max_context = *context;
    return {};
}

}  // namespace

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

Result<DeviceRow> asked_device(const FitRequest& request, FitSolver& solver, const BackendOverhead& overhead) {
    const DeviceChoice& choice = *request.devices;
    const DeviceLimits limits{choice.usable, overhead};
    const auto fit = solver.on(choice.count, limits);
    if (!fit) return tl::unexpected(fit.error());
    DeviceRow row = row_of(*fit, choice.record, choice.name, choice.memory, choice.usable);
    if (auto ok = add_max_context(row, solver, limits); !ok) return tl::unexpected(ok.error());
    return row;
}

Result<std::vector<DeviceRow>> smallest_sets(const FitRequest& request, FitSolver& solver) {
    auto found = candidates(request, solver);
    if (!found) return tl::unexpected(found.error());
    // Small sets first; of one size, few devices before many, new ones before old.
    std::ranges::stable_sort(*found, [](const Candidate& a, const Candidate& b) {
        const auto key = [](const Candidate& c) { return std::pair{c.set_memory(), c.fit.count}; };
        return key(a) != key(b) ? key(a) < key(b) : a.device->released > b.device->released;
    });
    std::vector<DeviceRow> rows;
    std::vector<std::string_view> vendors;  // of the size at hand
    std::size_t sizes = 0;
    for (std::size_t i = 0; i < found->size(); ++i) {
        const Candidate& c = (*found)[i];
        const bool new_size = i == 0 || c.set_memory() != (*found)[i - 1].set_memory();
        if (new_size) {
            if (++sizes > most_sizes) break;
            vendors.clear();
        }
        if (vendors.size() == most_vendors_of_a_size || std::ranges::find(vendors, c.device->vendor) != vendors.end()) continue;
        vendors.push_back(c.device->vendor);
        DeviceRow row = row_of(c.fit, c.device, std::string(c.device->id), Bytes{*c.device->memory_bytes}, c.usable);
        if (request.max_context) {
            const DeviceLimits limits{c.usable, overhead_of(*request.engine, c.device->backend)};
            if (auto ok = add_max_context(row, solver, limits); !ok) return tl::unexpected(ok.error());
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

}  // namespace fitcalc
