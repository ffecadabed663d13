#include "ledger.hpp"

#include <algorithm>

#include "../gpu_allocation.hpp"

namespace fitcalc {
namespace {

std::int64_t parts_of(const ModelSpec& model) { return static_cast<std::int64_t>(model.layers.size()) + 1; }

// A layer's weights on a device, without those of its experts that stay behind.
Bytes device_weights(const Goods& goods, const Layout& layout, std::int64_t layer) {
    const auto i = static_cast<std::size_t>(layer);
    const Bytes all = goods.quantized.weights.layers[i];
    return layer < layout.cpu_moe_layers ? all - goods.loaded->layers[i].experts : all;
}

// The rope factors are counted with the first layer, but each side whose layers read them has a copy.
Bytes rope_factors(const ModelSpec& model) {
    const std::int64_t tensors = (model.rope_factors ? 1 : 0) + (model.rope_long_factors ? 2 : 0);
    const Bytes bytes = bytes_of(GgmlType::f32, model.rope_length / 2);
    return gpu_allocation(GgmlType::f32, model.rope_length / 2, bytes) * tensors;
}

bool any_reads_factors(const ModelSpec& model, std::int64_t first, std::int64_t last) {
    for (std::int64_t layer = first; layer <= last; ++layer)
        if (reads_rope_factors(model, model.layers[static_cast<std::size_t>(layer)])) return true;
    return false;
}

DevicePlacement device_share(const Goods& goods, const Layout& layout, std::int64_t first, std::int64_t end) {
    const ModelSpec& model = goods.estimator.model();
    DevicePlacement device;
    device.output = end > first && end == parts_of(model);
    device.first_layer = first;
    device.last_layer = end - (device.output ? 2 : 1);
    for (std::int64_t layer = first; layer <= device.last_layer; ++layer) {
        const LayerCache& cache = goods.cache.layers[static_cast<std::size_t>(layer)];
        device.weights += device_weights(goods, layout, layer);
        device.kv_cache += cache.attention();
        device.recurrent_state += cache.recurrent;
    }
    if (first == 0 && end > 0) device.weights -= rope_factors(model);
    if (any_reads_factors(model, first, device.last_layer)) device.weights += rope_factors(model);
    if (device.output) device.weights += goods.quantized.weights.output;
    return device;
}

// `expert_layers`: counts those on devices whose routed experts stay behind.
HostPlacement host_share(const Goods& goods, const Layout& layout, Layers& expert_layers) {
    const ModelSpec& model = goods.estimator.model();
    HostPlacement host;
    host.weights = goods.quantized.weights.host;
    const std::int64_t first = parts_of(model) - layout.gpu_layers();
    if (goods.loaded == nullptr) return host;
    for (std::int64_t layer = 0; layer < parts_of(model) - 1; ++layer) {
        const LoadedLayer& weights = goods.loaded->layers[static_cast<std::size_t>(layer)];
        if (layer < first) {
            const LayerCache& cache = goods.host_cache->layers[static_cast<std::size_t>(layer)];
            host.weights += weights.host_others + weights.host_experts;
            host.kv_cache += cache.attention();
            host.recurrent_state += cache.recurrent;
        } else if (layer < layout.cpu_moe_layers) {
            host.weights += weights.host_experts;
            if (weights.host_experts > Bytes{}) expert_layers += Layers{1};
        }
    }
    if (first == parts_of(model)) host.weights += goods.loaded->host_output;
    if (any_reads_factors(model, 0, std::min(first, parts_of(model) - 1) - 1))
        host.weights += goods.loaded->host_rope_factors;
    return host;
}

void total_up(Placement& placement, const Goods& goods, const PlacementLimits& limits) {
    Verdict worst = Verdict::great;
    const auto missing = [](Bytes free) { return std::max(Bytes{}, Bytes{} - free); };
    placement.shortfall = {};
    Bytes shared, shared_missing;  // of devices whose memory is the host's
    for (std::size_t i = 0; i < placement.devices.size(); ++i) {
        DevicePlacement& device = placement.devices[i];
        const PlacementDevice& limit = limits.devices[i];
        device.overhead = limit.overhead.typical();
        device.total = device.weights + device.kv_cache + device.recurrent_state + device.compute + device.overhead;
        device.free = limit.usable - device.total;
        (limit.shares_host ? shared_missing : placement.shortfall) += missing(device.free);
        if (limit.shares_host) shared += device.total;
        device.error = goods.estimator.error_band(device.compute, limit.overhead) +
                       goods.quantized.uncertain / static_cast<std::int64_t>(placement.devices.size());
        worst = std::max(worst, judge(device.total, device.error, limit.usable));
    }
    HostPlacement& host = placement.host;
    host.total = host.weights + host.kv_cache + host.recurrent_state + host.compute;
    if (limits.host) host.free = *limits.host - host.total - shared;
    placement.shortfall += std::max(shared_missing, missing(host.free.value_or(Bytes{})));
    if (placement.shortfall > Bytes{})
        placement.verdict = Verdict::no;
    else
        placement.verdict = placement.all_on_devices() ? worst : Verdict::offload;
}

}  // namespace

Placement booked(const Goods& goods, const PlacementLimits& limits, const Layout& layout) {
    const std::int64_t parts = parts_of(goods.estimator.model());
    Placement placement;
    placement.layers = Layers{parts};
    placement.gpu_layers = Layers{layout.gpu_layers()};
    placement.cpu_moe_layers = Layers{layout.cpu_moe_layers};
    placement.pipeline = pipelined(goods.estimator.model(), layout);
    std::int64_t next = parts - layout.gpu_layers();
    for (const std::int64_t count : layout.counts) {
        placement.devices.push_back(device_share(goods, layout, next, next + count));
        placement.tensor_split.push_back(static_cast<double>(count));
        next += count;
    }
    placement.host = host_share(goods, layout, placement.host_expert_layers);
    total_up(placement, goods, limits);
    return placement;
}

void add_compute(Placement& placement, const Goods& goods, const PlacementLimits& limits, const SplitBuffers& buffers) {
    for (std::size_t i = 0; i < placement.devices.size(); ++i) placement.devices[i].compute = buffers.devices[i];
    placement.host.compute = buffers.host;
    total_up(placement, goods, limits);
}

std::vector<Bytes> part_costs(const Goods& goods, const Layout& layout) {
    const std::int64_t parts = parts_of(goods.estimator.model());
    std::vector<Bytes> costs;
    for (std::int64_t part = parts - layout.gpu_layers(); part < parts; ++part) {
        if (part == parts - 1)
            costs.push_back(goods.quantized.weights.output);
        else
            costs.push_back(device_weights(goods, layout, part) +
                            goods.cache.layers[static_cast<std::size_t>(part)].total());
    }
    return costs;
}

}  // namespace fitcalc
