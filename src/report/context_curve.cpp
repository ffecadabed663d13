#include "context_curve.hpp"

#include <algorithm>

#include "costing.hpp"
#include "placing.hpp"
#include "subject.hpp"

namespace fitcalc {
namespace {

constexpr Tokens first_context{4096};
constexpr Tokens least_context{256};
constexpr std::int64_t octaves_of_short_models = 8;  // a model that was trained for less begins at this part of it

std::vector<Tokens> contexts_of(Tokens asked, Tokens whole, std::optional<Tokens> largest) {
    const Tokens last = std::max(asked, whole);
    Tokens octave = whole > first_context ? first_context : std::max(least_context, whole / octaves_of_short_models);
    std::vector<Tokens> contexts{asked, whole};
    if (largest) contexts.push_back(*largest);
    for (; octave < last; octave = octave * 2)
        for (std::int64_t quarters = 4; quarters < 8; ++quarters)
            if (const Tokens context = octave * quarters / 4; context < last) contexts.push_back(context);
    std::ranges::sort(contexts);
    contexts.erase(std::unique(contexts.begin(), contexts.end()), contexts.end());
    return contexts;
}

// Everything on the devices, unless it was said what is not; in host memory where there are none.
PlacementLimits limits_of(const Subject& subject) {
    PlacementLimits limits = placement_limits(subject.request, subject.settings.backend);
    if (!limits.devices.empty()) limits.host.reset();
    return limits;
}

Bytes usable(const PlacementLimits& limits) {
    if (limits.devices.empty()) return limits.host.value_or(Bytes{});
    Bytes sum;
    for (const PlacementDevice& device : limits.devices) sum += device.usable;
    return sum;
}

}  // namespace

Result<ContextCurve> context_curve(const Subject& subject, PlacementSolver& solver, const QuantChoice& choice) {
    ContextCurve curve;
    const bool named = subject.request.devices.names_memory();
    const PlacementLimits limits = limits_of(subject);
    if (named) {
        const auto largest = solver.max_context(choice.quantized, limits);
        if (!largest) return tl::unexpected(largest.error());
        curve.max_context = *largest;
        curve.limit = usable(limits);
    }
    EngineSettings settings = subject.request.settings;
    for (const Tokens context : contexts_of(settings.context, subject.estimator.model().context_length, curve.max_context)) {
        if (named) {
            const auto placement = solver.place(choice.quantized, limits, context);
            if (!placement) return tl::unexpected(placement.error());
            const Bytes total = limits.devices.empty() ? placement->host.total : placement->device_total();
            curve.points.push_back({context, total, fits(placement->verdict)});
            continue;
        }
        settings.context = context;
        const auto costs = subject.estimator.context_costs(settings);
        if (!costs) return tl::unexpected(costs.error());
        const auto estimate = estimate_of(subject, solver, choice, *costs, context);
        if (!estimate) return tl::unexpected(estimate.error());
        curve.points.push_back({context, estimate->total, true});
    }
    return curve;
}

}  // namespace fitcalc
