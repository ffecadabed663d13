#include "placer.hpp"

#include <algorithm>
#include <numeric>
#include <string>

#include "scratch.hpp"

namespace fitcalc {
namespace {

// After so many corrections a split is as even as it gets: a layer goes to and fro.
constexpr int most_corrections = 4;

bool shares_given(const PlacementLimits& limits) {
    return std::ranges::any_of(limits.tensor_split, [](double share) { return share > 0; });
}

// Shares that the engine goes by: those given, or else free memory.
std::vector<double> shares_of(const PlacementLimits& limits) {
    std::vector<double> shares;
    if (shares_given(limits)) {
        shares = limits.tensor_split;
        shares.resize(limits.devices.size());
        return shares;
    }
    for (const PlacementDevice& device : limits.devices) shares.push_back(static_cast<double>(device.usable.count()));
    return shares;
}

Result<void> check(const PlacementLimits& limits) {
    if (limits.devices.empty() && !limits.host)
        return fail(ErrorKind::usage, "nothing to place the model on", "name a device with --gpu, or memory with --ram");
    if (limits.tensor_split.size() > limits.devices.size())
        return fail(ErrorKind::usage, "--tensor-split has " + std::to_string(limits.tensor_split.size()) +
                                          " shares for " + std::to_string(limits.devices.size()) + " devices");
    for (const PlacementDevice& device : limits.devices)
        if (device.usable <= Bytes{}) return fail(ErrorKind::usage, "a device has no usable memory");
    return {};
}

// Better where nothing, or less, is missing; among those that fit, by the verdict.
bool better(const Placement& a, const Placement& b) {
    if (a.shortfall != b.shortfall) return a.shortfall < b.shortfall;
    return a.verdict < b.verdict;
}

}  // namespace

void Placer::remember(const EngineSettings& settings, const ContextCosts& costs) {
    caches_.emplace(moment(settings), costs.cache);
    Layout whole;
    whole.counts = {parts()};
    scratch_.emplace(ScratchKey{moment(settings), whole, {}}, SplitBuffers{{costs.compute.device}, costs.compute.host});
}

std::int64_t Placer::expert_layers() const {
    const auto& layers = estimator_->model().layers;
    for (std::size_t i = layers.size(); i > 0; --i)
        if (!layers[i - 1].next_token && std::holds_alternative<ExpertFeedForward>(layers[i - 1].feed_forward))
            return static_cast<std::int64_t>(i);
    return 0;
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

const LoadedWeights& Placer::loaded(const QuantizedModel& quantized) {
    const auto known = loaded_.find(mix(quantized));
    if (known != loaded_.end()) return known->second;
    const auto types = estimator_->types_of(quantized);
    return loaded_.emplace(mix(quantized), loaded_weights(estimator_->model(), estimator_->inventory(), types)).first->second;
}

Result<Goods> Placer::goods(const Question& question, const Layout& layout) {
    const auto cells = cache(question.settings);
    if (!cells) return tl::unexpected(cells.error());
    Goods goods{*estimator_, question.quantized, **cells};
    if (all_on_devices(layout)) return goods;
    EngineSettings host_settings = question.settings;
    host_settings.device = GraphDevice::cpu;
    const auto host_cells = cache(host_settings);
    if (!host_cells) return tl::unexpected(host_cells.error());
    goods.host_cache = *host_cells;
    goods.loaded = &loaded(question.quantized);
    return goods;
}

Result<const SplitBuffers*> Placer::scratch(const Question& question, const Layout& layout) {
    const bool copies = !all_on_devices(layout) && !layout.counts.empty();
    const ScratchKey key{moment(question.settings), layout, copies ? std::optional{mix(question.quantized)} : std::nullopt};
    const auto known = scratch_.find(key);
    if (known != scratch_.end()) return &known->second;
    auto found = split_buffers(estimator_->model(), question.settings, layout,
                               copies ? &loaded(question.quantized) : nullptr);
    if (!found) return tl::unexpected(found.error());
    return &scratch_.emplace(key, std::move(*found)).first->second;
}

Result<Placement> Placer::laid_out(const Question& question, const Layout& layout) {
    const auto what = goods(question, layout);
    if (!what) return tl::unexpected(what.error());
    Placement placement = booked(*what, question.limits, layout);
    const auto buffers = scratch(question, layout);
    if (!buffers) return tl::unexpected(buffers.error());
    add_compute(placement, *estimator_, question.limits, **buffers);
    return placement;
}

// Every device is to have as much to spare as the others. What it needs for scratch depends on the split itself, so the
// split is corrected until it stays.
Result<Layout> Placer::evenly(const Question& question, Layout layout) {
    const auto what = goods(question, layout);
    if (!what) return tl::unexpected(what.error());
    const auto& devices = question.limits.devices;
    const std::vector<Bytes> costs = part_costs(*what, layout);
    const std::vector<double> equal_shares(devices.size(), 1);
    layout.counts = dealt_by_shares(static_cast<std::int64_t>(costs.size()), equal_shares);
    std::vector<Bytes> compute(devices.size());
    for (int i = 0; i < most_corrections; ++i) {
        const auto buffers = scratch(question, layout);
        if (!buffers) return tl::unexpected(buffers.error());
        std::vector<Bytes> rooms;
        for (std::size_t device = 0; device < devices.size(); ++device) {
            compute[device] = std::max(compute[device], (*buffers)->devices[device]);
            rooms.push_back(devices[device].usable - compute[device] - devices[device].overhead.typical());
        }
        Layout next = layout;
        next.counts = dealt_evenly(costs, rooms);
        if (next == layout) break;
        layout = std::move(next);
    }
    return layout;
}

// Split by the engine's own rule, or else, where that doesn't do and nothing is forced, evenly.
Result<Placement> Placer::best_split(const Question& question, std::int64_t gpu_layers, std::int64_t cpu_moe_layers) {
    Layout layout;
    layout.counts = dealt_by_shares(gpu_layers, shares_of(question.limits));
    layout.cpu_moe_layers = cpu_moe_layers;
    auto usual = laid_out(question, layout);
    if (!usual) return usual;
    usual->default_split = !shares_given(question.limits);
    if (!usual->default_split) usual->tensor_split = shares_of(question.limits);
    if (shares_given(question.limits) || question.limits.devices.size() == 1 || gpu_layers == 0) return usual;
    if (usual->verdict == Verdict::great || usual->verdict == Verdict::offload) return usual;
    const auto even = evenly(question, layout);
    if (!even) return tl::unexpected(even.error());
    auto placement = laid_out(question, *even);
    if (!placement || !better(*placement, *usual)) return usual;
    placement->default_split = false;
    return placement;
}

// Whether this split of what lies on devices holds there, whatever host memory says. Tried without scratch buffers first.
Result<std::optional<Placement>> Placer::if_devices_hold(const Question& question, std::int64_t gpu_layers,
                                                         std::int64_t cpu_moe_layers, Margin margin) {
    Layout layout;
    layout.counts = dealt_by_shares(gpu_layers, shares_of(question.limits));
    layout.cpu_moe_layers = cpu_moe_layers;
    const auto what = goods(question, layout);
    if (!what) return tl::unexpected(what.error());
    Bytes room;
    for (const PlacementDevice& device : question.limits.devices) room += device.usable - device.overhead.typical();
    for (const Bytes cost : part_costs(*what, layout)) room -= cost;
    if (room < Bytes{}) return std::optional<Placement>{};
    auto placement = best_split(question, gpu_layers, cpu_moe_layers);
    if (!placement) return tl::unexpected(placement.error());
    const bool hold = std::ranges::all_of(placement->devices, [&](const DevicePlacement& device) {
        return device.free >= (margin == Margin::whole_band ? device.error : Bytes{});
    });
    return hold ? std::optional{std::move(*placement)} : std::nullopt;
}

// Moves as little as possible to host memory: the first of `steps` + 1 placements that the devices hold. If they hold
// one, they hold those behind it.
template <class Try>
Result<std::optional<Placement>> Placer::least_moved(std::int64_t steps, Try&& attempt) {
    for (const Margin margin : {Margin::whole_band, Margin::none}) {
        auto best = attempt(steps, margin);
        if (!best) return best;
        if (!*best) continue;
        std::int64_t low = -1, high = steps;
        while (high - low > 1) {
            const std::int64_t middle = low + (high - low) / 2;
            auto placement = attempt(middle, margin);
            if (!placement) return placement;
            if (*placement) {
                high = middle;
                best = std::move(placement);
            } else {
                low = middle;
            }
        }
        return best;
    }
    return std::optional<Placement>{};
}

Result<Placement> Placer::solved(const Question& question) {
    const PlacementLimits& limits = question.limits;
    const auto forced = [](const std::optional<Layers>& layers, std::int64_t most, std::int64_t otherwise) {
        return layers ? std::min(layers->count(), most) : otherwise;
    };
    const std::int64_t gpu_layers = forced(limits.gpu_layers, parts(), parts());
    const std::int64_t cpu_moe_layers = forced(limits.cpu_moe_layers, parts() - 1, 0);
    auto best = best_split(question, gpu_layers, cpu_moe_layers);
    if (!best || best->verdict != Verdict::no || !limits.host) return best;

    std::optional<Placement> moved;
    const std::int64_t experts = limits.cpu_moe_layers ? 0 : expert_layers();
    if (experts > 0) {
        auto found = least_moved(experts - 1, [&](std::int64_t step, Margin margin) {
            return if_devices_hold(question, gpu_layers, step + 1, margin);
        });
        if (!found) return tl::unexpected(found.error());
        moved = std::move(*found);
    }
    if (!moved && !limits.gpu_layers) {
        auto found = least_moved(parts() - 1, [&](std::int64_t step, Margin margin) {
            return if_devices_hold(question, parts() - 1 - step, std::max(experts, cpu_moe_layers), margin);
        });
        if (!found) return tl::unexpected(found.error());
        moved = std::move(*found);
    }
    // What misses host memory is a better answer than what misses a device.
    return moved ? *std::move(moved) : best;
}

Result<Placement> Placer::on_the_host(const Question& question) {
    EngineSettings settings = question.settings;
    settings.device = GraphDevice::cpu;
    return laid_out({question.quantized, question.limits, settings}, {});
}

Result<Placement> Placer::place(const QuantizedModel& quantized, const PlacementLimits& limits,
                                const EngineSettings& settings) {
    if (auto ok = check(limits); !ok) return tl::unexpected(ok.error());
    const Question question{quantized, limits, settings};
    return limits.devices.empty() ? on_the_host(question) : solved(question);
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
    const bool held_back = limits.gpu_layers || limits.cpu_moe_layers;
    if (needed > usable + limits.host.value_or(Bytes{}) && !held_back) return Verdict::no;
    return place(quantized, limits, settings).map([](const Placement& placement) { return placement.verdict; });
}

Result<Bytes> Placer::least_required(const QuantizedModel& quantized, std::int64_t count, const EngineSettings& settings) {
    Layout layout;
    layout.counts = {parts()};
    const auto what = goods({quantized, {}, settings}, layout);
    if (!what) return tl::unexpected(what.error());
    const std::vector<Bytes> costs = part_costs(*what, layout);
    const Bytes all = std::accumulate(costs.begin(), costs.end(), Bytes{});
    const std::vector<Bytes> rooms(static_cast<std::size_t>(count), all);
    Bytes most;
    auto next = costs.begin();
    for (const std::int64_t dealt : dealt_evenly(costs, rooms)) {
        most = std::max(most, std::accumulate(next, next + dealt, Bytes{}));
        next += dealt;
    }
    return most;
}

}  // namespace fitcalc
