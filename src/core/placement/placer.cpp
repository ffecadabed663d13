#include "placer.hpp"

#include <algorithm>
#include <numeric>

namespace fitcalc {
namespace {

bool forced(const PlacementLimits& limits) { return !limits.tensor_split.empty(); }

std::vector<double> shares_of(const PlacementLimits& limits) {
    std::vector<double> shares = limits.tensor_split;
    const bool given = std::ranges::any_of(shares, [](double share) { return share > 0; });
    if (given) {
        shares.resize(limits.devices.size());
        return shares;
    }
    shares.clear();
    for (const PlacementDevice& device : limits.devices) shares.push_back(static_cast<double>(device.usable.count()));
    return shares;
}

Result<void> check(const PlacementLimits& limits) {
    if (limits.devices.empty()) return fail(ErrorKind::usage, "no device to place the model on", "name one with --gpu");
    if (limits.tensor_split.size() > limits.devices.size())
        return fail(ErrorKind::usage, "--tensor-split has " + std::to_string(limits.tensor_split.size()) +
                                          " shares for " + std::to_string(limits.devices.size()) + " devices");
    return {};
}

Verdict verdict_of(const Placement& placement, const PlacementLimits& limits) {
    Verdict worst = Verdict::great;
    for (std::size_t i = 0; i < placement.devices.size(); ++i) {
        const DevicePlacement& device = placement.devices[i];
        worst = std::max(worst, judge(device.total, device.error, limits.devices[i].usable));
    }
    return worst;
}

}  // namespace

void Placer::remember(const EngineSettings& settings, const ContextCosts& costs) {
    caches_.emplace(moment(settings), costs.cache);
    Layout whole;
    whole.counts = {parts()};
    computes_.emplace(std::pair{moment(settings), whole}, SplitBuffers{{costs.compute.device}, costs.compute.host});
}

Result<const CachePlan*> Placer::cache(const EngineSettings& settings) {
    const auto known = caches_.find(moment(settings));
    if (known != caches_.end()) return &known->second;
    if (auto ok = check_settings(estimator_->model(), settings); !ok) return tl::unexpected(ok.error());
    try {
        return &caches_.emplace(moment(settings), plan_cache(estimator_->model(), settings)).first->second;
    } catch (const std::overflow_error& overflow) {
        return fail(ErrorKind::bad_data, overflow.what());
    }
}

Result<const SplitBuffers*> Placer::compute(const Layout& layout, const EngineSettings& settings) {
    const std::pair key{moment(settings), layout};
    const auto known = computes_.find(key);
    if (known != computes_.end()) return &known->second;
    std::vector<Layers> layers;
    for (const std::int64_t count : layout.counts) layers.emplace_back(count);
    auto found = pipeline_compute_buffers(estimator_->model(), settings, layers);
    if (!found) return tl::unexpected(found.error());
    return &computes_.emplace(key, std::move(*found)).first->second;
}

std::vector<Bytes> Placer::part_costs(const QuantizedModel& quantized, const CachePlan& cache) const {
    std::vector<Bytes> costs = quantized.weights.layers;
    for (std::size_t i = 0; i < costs.size(); ++i) costs[i] += cache.layers[i].total();
    costs.push_back(quantized.weights.output);
    return costs;
}

Result<Placement> Placer::laid_out(const QuantizedModel& quantized, const PlacementLimits& limits,
                                   const Layout& layout, const EngineSettings& settings) {
    const auto cells = cache(settings);
    if (!cells) return tl::unexpected(cells.error());
    const auto scratch = compute(layout, settings);
    if (!scratch) return tl::unexpected(scratch.error());
    Placement placement;
    placement.layers = Layers{parts()};
    placement.gpu_layers = Layers{layout.gpu_layers()};
    placement.pipeline = limits.devices.size() > 1;
    std::int64_t next = parts() - layout.gpu_layers();
    for (std::size_t i = 0; i < limits.devices.size(); ++i) {
        DevicePlacement device;
        const std::int64_t end = next + layout.counts[i];
        device.output = layout.counts[i] > 0 && end == parts();
        device.first_layer = next;
        device.last_layer = end - (device.output ? 2 : 1);
        for (auto layer = static_cast<std::size_t>(next); static_cast<std::int64_t>(layer) <= device.last_layer; ++layer) {
            device.weights += quantized.weights.layers[layer];
            device.kv_cache += (*cells)->layers[layer].attention();
            device.recurrent_state += (*cells)->layers[layer].recurrent;
        }
        if (device.output) device.weights += quantized.weights.output;
        device.compute = (*scratch)->devices[i];
        device.overhead = limits.devices[i].overhead.typical();
        device.total = device.weights + device.kv_cache + device.recurrent_state + device.compute + device.overhead;
        device.free = limits.devices[i].usable - device.total;
        device.error = estimator_->error_band(device.compute, limits.devices[i].overhead);
        placement.shortfall += std::max(Bytes{}, Bytes{} - device.free);
        placement.devices.push_back(device);
        placement.tensor_split.push_back(static_cast<double>(layout.counts[i]));
        next = end;
    }
    placement.host.weights = quantized.weights.host;
    placement.host.compute = (*scratch)->host;
    placement.host.total = placement.host.weights + placement.host.compute;
    if (limits.host) placement.host.free = *limits.host - placement.host.total;
    placement.verdict = verdict_of(placement, limits);
    return placement;
}

Result<Placement> Placer::on_devices(const QuantizedModel& quantized, const PlacementLimits& limits,
                                     const EngineSettings& settings) {
    Layout layout;
    layout.counts = dealt_by_shares(parts(), shares_of(limits));
    auto usual = laid_out(quantized, limits, layout, settings);
    if (!usual || forced(limits) || limits.devices.size() == 1 || usual->verdict == Verdict::great) return usual;
    const auto cells = cache(settings);
    if (!cells) return tl::unexpected(cells.error());
    std::vector<Bytes> rooms;
    for (std::size_t i = 0; i < limits.devices.size(); ++i)
        rooms.push_back(limits.devices[i].usable - usual->devices[i].compute - usual->devices[i].overhead);
    layout.counts = dealt_evenly(part_costs(quantized, **cells), rooms);
    auto even = laid_out(quantized, limits, layout, settings);
    if (!even) return even;
    even->default_split = false;
    return even->verdict < usual->verdict ? even : usual;
}

Result<Placement> Placer::place(const QuantizedModel& quantized, const PlacementLimits& limits,
                                const EngineSettings& settings) {
    if (auto ok = check(limits); !ok) return tl::unexpected(ok.error());
    return on_devices(quantized, limits, settings);
}

Result<Verdict> Placer::verdict(const QuantizedModel& quantized, const PlacementLimits& limits,
                                const EngineSettings& settings) {
    if (auto ok = check(limits); !ok) return tl::unexpected(ok.error());
    const auto cells = cache(settings);
    if (!cells) return tl::unexpected(cells.error());
    Bytes needed = quantized.weights.device() + (*cells)->attention_bytes() + (*cells)->recurrent_bytes();
    Bytes usable;
    for (const PlacementDevice& device : limits.devices) {
        needed += device.overhead.typical();
        usable += device.usable;
    }
    if (needed > usable) return Verdict::no;
    return place(quantized, limits, settings).map([](const Placement& placement) { return placement.verdict; });
}

Result<Bytes> Placer::least_required(const QuantizedModel& quantized, std::int64_t count, const EngineSettings& settings) {
    const auto cells = cache(settings);
    if (!cells) return tl::unexpected(cells.error());
    const std::vector<Bytes> costs = part_costs(quantized, **cells);
    const std::vector<Bytes> rooms(static_cast<std::size_t>(count), std::accumulate(costs.begin(), costs.end(), Bytes{}));
    const std::vector<std::int64_t> counts = dealt_evenly(costs, rooms);
    Bytes most;
    auto next = costs.begin();
    for (const std::int64_t parts : counts) {
        most = std::max(most, std::accumulate(next, next + parts, Bytes{}));
        next += parts;
    }
    return most;
}

const DevicePlacement& Placement::fullest() const {
    return *std::ranges::min_element(devices, {}, &DevicePlacement::free);
}

Bytes Placement::device_total() const {
    Bytes sum;
    for (const DevicePlacement& device : devices) sum += device.total;
    return sum;
}

PlacementLimits PlacementLimits::equal(const PlacementDevice& device, std::int64_t count) {
    PlacementLimits limits;
    limits.devices.assign(static_cast<std::size_t>(count), device);
    return limits;
}

}  // namespace fitcalc
