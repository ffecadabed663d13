#include "fitcalc/compute.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "graph/allocator.hpp"
#include "graph/model_graph.hpp"
#include "graph/scheduler.hpp"

namespace fitcalc {
namespace {

// Alignments of CUDA's and of the CPU's buffers (ggml/src/ggml-cuda/ggml-cuda.cu, ggml/src/ggml-impl.h).
constexpr std::int64_t gpu_alignment = 128;
constexpr std::int64_t host_alignment = 32;

// GGML_SCHED_MAX_BACKENDS, the host being one of them.
constexpr std::size_t most_devices = 15;

std::optional<Error> reason_against(const ModelSpec& model, const EngineSettings& settings) {
    if (!settings.flash_attention && traits(settings.type_v).quantized)
        return Error{ErrorKind::usage, "a quantized V cache needs flash attention",
                     "turn flash attention on, or keep V in f16"};
    if (settings.batch_tokens() < 1 || settings.sequences < 1)
        return Error{ErrorKind::usage, "a batch of no tokens", "context, batch, ubatch and sequences start at 1"};
    if (std::ranges::all_of(model.layers, &LayerSpec::next_token))
        return Error{ErrorKind::bad_data, "the model has no layers", {}};
    for (const LayerSpec& layer : model.layers) {
        const auto* experts = std::get_if<ExpertFeedForward>(&layer.feed_forward);
        if (experts != nullptr && (experts->used < 1 || experts->groups < 1))
            return Error{ErrorKind::bad_data, "a layer with experts uses none of them", {}};
    }
    return std::nullopt;
}

// Sizes by backend, the host last. Equal layers are left out as long as they can't matter.
std::vector<std::int64_t> simulate(const ModelSpec& model, const EngineSettings& settings, graph::GraphPlan plan,
                                   int copies) {
    std::vector<std::int64_t> alignments(plan.host + std::size_t{1}, gpu_alignment);
    alignments.back() = host_alignment;
    const graph::Batch batch = graph::batch_of(model, settings);
    for (plan.stride = 1;; plan.stride *= 2) {
        auto [graph, left_out] = graph::build_graph(model, batch, plan);
        const graph::Schedule schedule = graph::schedule(graph, copies);
        graph::BufferSizes sizes = graph::buffer_sizes(graph, schedule, alignments, left_out);
        if (sizes.repeats) return std::move(sizes.bytes);
    }
}

Result<std::vector<std::int64_t>> buffer_sizes(const ModelSpec& model, const EngineSettings& settings,
                                               graph::GraphPlan plan, int copies) try {
    if (auto reason = reason_against(model, settings)) return tl::unexpected(*reason);
    return simulate(model, settings, std::move(plan), copies);
} catch (const ArithmeticOverflow&) {
    return fail(ErrorKind::bad_data, "the sizes of the compute buffers do not fit in 64 bits");
}

}  // namespace

Result<ComputeBuffers> compute_buffers(const ModelSpec& model, const EngineSettings& settings) {
    graph::GraphPlan plan;
    plan.layer_backends.assign(model.layers.size(), 0);
    plan.host = settings.device == GraphDevice::cpu ? 0 : 1;
    return buffer_sizes(model, settings, std::move(plan), 1).map([](const std::vector<std::int64_t>& sizes) {
        return sizes.size() == 1 ? ComputeBuffers{{}, Bytes{sizes[0]}}
                                 : ComputeBuffers{Bytes{sizes[0]}, Bytes{sizes[1]}};
    });
}

Result<SplitBuffers> pipeline_compute_buffers(const ModelSpec& model, const EngineSettings& settings,
                                              std::span<const Layers> layers) {
    if (layers.empty() || layers.size() > most_devices)
        return fail(ErrorKind::usage, std::to_string(layers.size()) + " devices are more than one llama.cpp process takes",
                    "it takes up to " + std::to_string(most_devices));
    graph::GraphPlan plan;
    for (std::size_t device = 0; device < layers.size(); ++device)
        for (std::int64_t i = 0; i < layers[device].count() && plan.layer_backends.size() < model.layers.size(); ++i)
            plan.layer_backends.push_back(static_cast<graph::Backend>(device));
    const auto last = static_cast<graph::Backend>(layers.size() - 1);
    plan.layer_backends.resize(model.layers.size(), last);
    plan.output_backend = last;
    plan.host = static_cast<graph::Backend>(layers.size());
    return buffer_sizes(model, settings, std::move(plan), layers.size() > 1 ? graph::pipeline_copies : 1)
        .map([](const std::vector<std::int64_t>& sizes) {
            SplitBuffers buffers;
            for (const std::int64_t size : sizes) buffers.devices.emplace_back(size);
            buffers.host = buffers.devices.back();
            buffers.devices.pop_back();
            return buffers;
        });
}

std::vector<Layers> equal_layer_split(const ModelSpec& model, std::size_t devices) {
    std::vector<Layers> split(devices);
    const std::size_t parts = model.layers.size() + 1;
    for (std::size_t i = 0; i < model.layers.size(); ++i) split[i * devices / parts] += Layers{1};
    return split;
}

}  // namespace fitcalc
