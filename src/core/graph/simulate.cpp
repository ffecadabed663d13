#include "simulate.hpp"

#include <algorithm>
#include <optional>

#include "../gpu_allocation.hpp"
#include "scheduler.hpp"

namespace fitcalc::graph {
namespace {

std::optional<Error> reason_against(const ModelSpec& model, const EngineSettings& settings) {
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

}  // namespace

Result<std::vector<std::int64_t>> simulate(const ModelSpec& model, const EngineSettings& settings, GraphPlan& plan,
                                           int copies) try {
    if (auto reason = reason_against(model, settings)) return tl::unexpected(*reason);
    std::vector<std::int64_t> alignments(plan.host + std::size_t{1}, gpu_alignment);
    alignments.back() = cpu_alignment;
    const Batch batch = batch_of(model, settings);
    // Equal layers are left out as long as they can't matter.
    for (;; plan.stride *= 2) {
        auto [graph, left_out] = build_graph(model, batch, plan);
        const Schedule scheduled = schedule(graph, copies);
        BufferSizes sizes = buffer_sizes(graph, scheduled, alignments, left_out);
        if (sizes.repeats) return std::move(sizes.bytes);
    }
} catch (const ArithmeticOverflow&) {
    return fail(ErrorKind::bad_data, "the sizes of the compute buffers do not fit in 64 bits");
}

}  // namespace fitcalc::graph
