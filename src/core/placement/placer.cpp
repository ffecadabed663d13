#include "placer.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

namespace fitcalc {
namespace {

// After so many corrections a split is as even as it gets: a layer goes to and fro.
constexpr int most_corrections = 4;

// Guesses at where a search ends; after so many it goes on by halving.
constexpr int most_guesses = 4;

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

// The engine divides each share by the sum of all, in 32 bits: what is more than 0 there, too, and finite.
bool can_be_divided(const std::vector<double>& shares) {
    if (!std::ranges::all_of(shares, [](double share) { return share >= 0 && share <= std::numeric_limits<float>::max(); }))
        return false;
    float sum = 0;
    for (const double share : shares) sum += static_cast<float>(share);
    return sum > 0 && std::isfinite(sum);
}

Result<void> check(const PlacementLimits& limits) {
    if (limits.devices.empty() && !limits.host)
        return fail(ErrorKind::usage, "nothing to place the model on", "name a device with --gpu, or memory with --ram");
    if (limits.tensor_split.size() > limits.devices.size())
        return fail(ErrorKind::usage, "more shares than devices: " + std::to_string(limits.tensor_split.size()) + " for " +
                                          std::to_string(limits.devices.size()));
    for (const PlacementDevice& device : limits.devices)
        if (device.usable <= Bytes{}) return fail(ErrorKind::usage, "a device has no usable memory");
    const bool by_memory = std::ranges::all_of(limits.tensor_split, [](double share) { return share == 0; });
    if (!by_memory && !can_be_divided(limits.tensor_split))
        return fail(ErrorKind::usage, "--tensor-split: the shares can't be divided by their sum in the engine's 32-bit numbers",
                    "only their ratio counts: say --tensor-split 3,1");
    return {};
}

// Part of the model is to stay off the devices whether it fits or not.
bool held_back(const PlacementLimits& limits) { return limits.gpu_layers || limits.cpu_moe_layers; }

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
                               copies ? &loaded(question.quantized) : nullptr, stride_);
    if (!found) return tl::unexpected(found.error());
    return &scratch_.emplace(key, std::move(*found)).first->second;
}

Result<Placement> Placer::laid_out(const Question& question, const Layout& layout) {
    const auto what = goods(question, layout);
    if (!what) return tl::unexpected(what.error());
    Placement placement = booked(*what, question.limits, layout);
    const auto buffers = scratch(question, layout);
    if (!buffers) return tl::unexpected(buffers.error());
    add_compute(placement, *what, question.limits, **buffers);
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
Result<Placement> Placer::best_split(const Question& question, const Share& share) {
    Layout layout;
    layout.counts = dealt_by_shares(share.gpu_layers, shares_of(question.limits));
    layout.cpu_moe_layers = share.cpu_moe_layers;
    auto usual = laid_out(question, layout);
    if (!usual) return usual;
    usual->default_split = !shares_given(question.limits);
    if (!usual->default_split) usual->tensor_split = shares_of(question.limits);
    if (shares_given(question.limits) || question.limits.devices.size() == 1 || share.gpu_layers == 0) return usual;
    if (usual->verdict == Verdict::great || usual->verdict == Verdict::offload) return usual;
    const auto even = evenly(question, layout);
    if (!even) return tl::unexpected(even.error());
    auto placement = laid_out(question, *even);
    if (!placement || !better(*placement, *usual)) return usual;
    placement->default_split = false;
    return placement;
}

Result<Bytes> Placer::room_for_scratch(const Question& question, const Share& share) {
    Layout layout;
    layout.counts = dealt_by_shares(share.gpu_layers, shares_of(question.limits));
    layout.cpu_moe_layers = share.cpu_moe_layers;
    const auto what = goods(question, layout);
    if (!what) return tl::unexpected(what.error());
    Bytes room;
    for (const PlacementDevice& device : question.limits.devices) room += device.usable - device.overhead.typical();
    for (const Bytes cost : part_costs(*what, layout)) room -= cost;
    return room;
}

// Whether the devices hold this share of the model, whatever host memory says. Tried without scratch buffers first.
Result<std::optional<Placement>> Placer::if_devices_hold(const Question& question, const Share& share, Margin margin) {
    const auto room = room_for_scratch(question, share);
    if (!room) return tl::unexpected(room.error());
    if (*room < Bytes{}) return std::optional<Placement>{};
    auto placement = best_split(question, share);
    if (!placement) return tl::unexpected(placement.error());
    const bool hold = std::ranges::all_of(placement->devices, [&](const DevicePlacement& device) {
        return device.free >= (margin == Margin::whole_band ? device.error : Bytes{});
    });
    return hold ? std::optional{std::move(*placement)} : std::nullopt;
}

// The first of these shares, each with less on the devices than the one before, that the devices hold; if they hold one,
// they hold those behind it. The search begins where the scratch buffers of the last placement found would just fit.
Result<std::optional<Placement>> Placer::first_held(const Question& question, const std::vector<Share>& shares) {
    for (const Margin margin : {Margin::whole_band, Margin::none}) {
        auto best = if_devices_hold(question, shares.back(), margin);
        if (!best) return best;
        if (!*best) continue;
        std::ptrdiff_t low = -1, high = std::ssize(shares) - 1;
        for (int tries = 0; high - low > 1; ++tries) {
            Bytes scratch;
            for (const DevicePlacement& device : (*best)->devices)
                scratch += device.compute + (margin == Margin::whole_band ? device.error : Bytes{});
            std::ptrdiff_t next = low + (high - low) / 2;
            if (tries < most_guesses) {
                const auto guess = std::partition_point(
                    shares.begin() + low + 1, shares.begin() + high - 1, [&](const Share& share) {
                        const auto room = room_for_scratch(question, share);
                        return room && *room < scratch;
                    });
                next = guess - shares.begin();
            }
            auto placement = if_devices_hold(question, shares[static_cast<std::size_t>(next)], margin);
            if (!placement) return placement;
            if (*placement) {
                high = next;
                best = std::move(placement);
            } else {
                low = next;
            }
        }
        return best;
    }
    return std::optional<Placement>{};
}

Placer::Share Placer::forced_share(const PlacementLimits& limits) const {
    const auto forced = [](const std::optional<Layers>& layers, std::int64_t most, std::int64_t otherwise) {
        return layers ? std::min(layers->count(), most) : otherwise;
    };
    return {forced(limits.gpu_layers, parts(), parts()), forced(limits.cpu_moe_layers, parts() - 1, 0)};
}

// Shares with the routed experts of ever more layers in host memory.
std::vector<Placer::Share> Placer::without_experts(const PlacementLimits& limits) const {
    std::vector<Share> shares;
    if (limits.cpu_moe_layers) return shares;
    const RoutedLayers routed = routed_layers(estimator_->model());
    const std::int64_t gpu_layers = forced_share(limits).gpu_layers;
    for (std::int64_t layers = routed.first.count(); layers < routed.end.count();)
        shares.push_back({gpu_layers, ++layers});
    return shares;
}

// Shares with ever fewer layers on the devices, without any routed experts there unless their number is forced.
std::vector<Placer::Share> Placer::without_layers(const PlacementLimits& limits) const {
    std::vector<Share> shares;
    Share share = forced_share(limits);
    if (!limits.cpu_moe_layers) share.cpu_moe_layers = routed_layers(estimator_->model()).end.count();
    while (!limits.gpu_layers && share.gpu_layers > 0) shares.push_back({--share.gpu_layers, share.cpu_moe_layers});
    return shares;
}

Result<Placement> Placer::solved(const Question& question) {
    const auto whole = [&] { return best_split(question, forced_share(question.limits)); };
    if (!question.limits.host) return whole();
    const auto room = room_for_scratch(question, forced_share(question.limits));
    if (!room) return tl::unexpected(room.error());
    if (*room >= Bytes{}) {
        auto best = whole();
        if (!best || best->verdict != Verdict::no) return best;
    }
    for (const auto& shares : {without_experts(question.limits), without_layers(question.limits)}) {
        if (shares.empty()) continue;
        auto found = first_held(question, shares);
        if (!found) return tl::unexpected(found.error());
        if (!*found) continue;
        // Where the host's memory is the device's, too, what a device needs for itself may be what is missing.
        if ((*found)->verdict == Verdict::no && std::ranges::any_of(question.limits.devices, &PlacementDevice::shares_host)) {
            auto least = if_devices_hold(question, shares.back(), Margin::none);
            if (!least) return tl::unexpected(least.error());
            if (*least && (*least)->verdict != Verdict::no) return **std::move(least);
        }
        // What misses host memory is a better answer than what misses a device.
        return **std::move(found);
    }
    return whole();
}

// As solved(), but content with any placement in host memory that fits.
Result<Verdict> Placer::quick_verdict(const Question& question) {
    const auto room = room_for_scratch(question, forced_share(question.limits));
    if (!room) return tl::unexpected(room.error());
    if (*room >= Bytes{}) {
        const auto best = best_split(question, forced_share(question.limits));
        if (!best) return tl::unexpected(best.error());
        if (best->verdict != Verdict::no) return best->verdict;
    }
    if (!question.limits.host) return Verdict::no;
    for (const auto& shares : {without_experts(question.limits), without_layers(question.limits)}) {
        if (shares.empty()) continue;
        const auto most = if_devices_hold(question, shares.back(), Margin::none);
        if (!most) return tl::unexpected(most.error());
        if (!*most) continue;
        if ((*most)->verdict != Verdict::no) return (*most)->verdict;
        // The devices could take more of it off the host.
        const auto least = first_held(question, shares);
        if (!least) return tl::unexpected(least.error());
        return *least ? (*least)->verdict : Verdict::no;
    }
    return Verdict::no;
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

// What weights and cache miss on the devices and in host memory together; negative where they leave that much.
Result<Bytes> Placer::missing(const Question& question) {
    const auto cells = cache(question.settings);
    if (!cells) return tl::unexpected(cells.error());
    const WeightPlan& weights = question.quantized.weights;
    Bytes needed = weights.device() + (*cells)->attention_bytes() + (*cells)->recurrent_bytes();
    for (const PlacementDevice& device : question.limits.devices) needed -= device.usable - device.overhead.typical();
    // A tied copy of the embedding is made for a device only.
    if (question.limits.host) needed -= *question.limits.host + weights.output;
    return needed;
}

Result<Verdict> Placer::verdict(const QuantizedModel& quantized, const PlacementLimits& limits,
                                const EngineSettings& settings) {
    if (auto ok = check(limits); !ok) return tl::unexpected(ok.error());
    const Question question{quantized, limits, settings};
    const auto short_of = missing(question);
    if (!short_of) return tl::unexpected(short_of.error());
    if (*short_of > Bytes{} && !held_back(limits)) return Verdict::no;
    if (!limits.devices.empty()) return quick_verdict(question);
    return on_the_host(question).map([](const Placement& placement) { return placement.verdict; });
}

Result<Placer::Outlook> Placer::outlook(const QuantizedModel& quantized, const PlacementLimits& limits,
                                        const EngineSettings& settings, Verdict worst) {
    if (limits.host || held_back(limits) || limits.devices.empty())
        return verdict(quantized, limits, settings).map([&](Verdict v) { return Outlook{at_least(v, worst), {}}; });
    if (auto ok = check(limits); !ok) return tl::unexpected(ok.error());
    const Question question{quantized, limits, settings};
    const auto short_of = missing(question);
    if (!short_of) return tl::unexpected(short_of.error());
    if (*short_of > Bytes{}) return Outlook{false, Bytes{-1} - *short_of / std::ssize(limits.devices)};
    const auto placement = best_split(question, forced_share(limits));
    if (!placement) return tl::unexpected(placement.error());
    const DevicePlacement& fullest = placement->fullest();
    Bytes spare = fullest.free;
    if (at_least(worst, Verdict::good)) spare -= fullest.error;
    if (worst == Verdict::great) spare -= llama_fit_margin;
    const bool holds = at_least(placement->verdict, worst);
    // The fullest device need not be the one that decides.
    return Outlook{holds, holds == (spare >= Bytes{}) ? std::optional{spare} : std::nullopt};
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
