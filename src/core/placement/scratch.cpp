#include "scratch.hpp"

#include <optional>
#include <string>

#include "../graph/scheduler.hpp"
#include "../graph/simulate.hpp"
#include "fitcalc/compute.hpp"

namespace fitcalc {
namespace {

graph::Backend device_of(const Layout& layout, std::int64_t part, std::int64_t parts) {
    const auto host = static_cast<graph::Backend>(layout.counts.size());
    std::int64_t end = parts - layout.gpu_layers();
    if (part < end) return host;
    for (graph::Backend device = 0; device < host; ++device)
        if (part < (end += layout.counts[device])) return device;
    return host;
}

// The last earlier layer of the kind, whose cache is read by one that has none of its own.
std::optional<std::size_t> cache_owner(const ModelSpec& model, std::size_t layer) {
    const auto* full = std::get_if<FullAttention>(&model.layers[layer].attention);
    if (full == nullptr || full->own_cache) return layer;
    for (std::size_t i = layer; i-- > 0;) {
        const auto* owner = std::get_if<FullAttention>(&model.layers[i].attention);
        if (owner != nullptr && owner->own_cache && (owner->window > 0) == (full->window > 0)) return i;
    }
    return std::nullopt;
}

graph::GraphPlan plan_of(const ModelSpec& model, const Layout& layout, const LoadedWeights* weights) {
    const auto blocks = static_cast<std::int64_t>(model.layers.size());
    graph::GraphPlan plan;
    plan.host = static_cast<graph::Backend>(layout.counts.size());
    for (std::int64_t i = 0; i < blocks; ++i) {
        graph::LayerPlace place;
        place.backend = place.cache = device_of(layout, i, blocks + 1);
        place.experts = i < layout.cpu_moe_layers ? plan.host : place.backend;
        if (const auto owner = cache_owner(model, static_cast<std::size_t>(i)); owner && *owner < plan.layers.size())
            place.cache = plan.layers[*owner].cache;
        if (weights != nullptr) {
            const LoadedLayer& layer = weights->layers[static_cast<std::size_t>(i)];
            if (place.backend == plan.host)
                place.host_weights = layer.tensors;
            else if (place.experts == plan.host)
                place.host_weights = layer.expert_tensors;
        }
        plan.layers.push_back(place);
    }
    plan.output_backend = device_of(layout, blocks, blocks + 1);
    if (weights != nullptr) plan.host_weights = weights->outside;
    return plan;
}

}  // namespace

bool pipelined(const ModelSpec& model, const Layout& layout) {
    const auto parts = static_cast<std::int64_t>(model.layers.size()) + 1;
    return layout.counts.size() > 1 && layout.gpu_layers() == parts && layout.cpu_moe_layers == 0;
}

Result<SplitBuffers> split_buffers(const ModelSpec& model, const EngineSettings& settings, const Layout& layout,
                                   const LoadedWeights* weights, std::size_t& stride) {
    if (std::ssize(layout.counts) > most_devices)
        return fail(ErrorKind::usage, std::to_string(layout.counts.size()) + " devices are more than one llama.cpp process takes",
                    "it takes up to " + std::to_string(most_devices));
    const int copies = pipelined(model, layout) ? graph::pipeline_copies : 1;
    graph::GraphPlan plan = plan_of(model, layout, weights);
    plan.stride = stride;
    const auto sizes = graph::simulate(model, settings, plan, copies);
    if (!sizes) return tl::unexpected(sizes.error());
    stride = plan.stride;
    SplitBuffers buffers;
    for (const std::int64_t size : *sizes) buffers.devices.emplace_back(size);
    buffers.host = buffers.devices.back();
    buffers.devices.pop_back();
    return buffers;
}

}  // namespace fitcalc
