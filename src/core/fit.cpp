#include "fitcalc/fit.hpp"

#include <algorithm>

namespace fitcalc {
namespace {

constexpr std::int64_t context_step = 256;  // the engine rounds the context up to it

}  // namespace

std::string_view name_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::great: return "great";
        case Verdict::good: return "good";
        case Verdict::tight: return "tight";
        case Verdict::offload: return "offload";
        case Verdict::no: break;
    }
    return "no";
}

Verdict judge(Bytes required, Bytes error, Bytes usable) {
    if (required > usable) return Verdict::no;
    if (required + error > usable) return Verdict::tight;
    if (required + error + llama_fit_margin > usable) return Verdict::good;
    return Verdict::great;
}

DeviceFit fit_on(const Estimator& estimator, const QuantizedModel& quantized, const CachePlan& cache,
                 std::span<const Bytes> compute, const DeviceLimits& limits) {
    DeviceFit fit;
    fit.count = static_cast<std::int64_t>(compute.size());
    for (const DeviceShare& share : estimator.split(quantized, cache, compute, limits.overhead)) {
        fit.total += share.total;
        if (share.total < fit.required) continue;
        fit.required = share.total;
        fit.error = estimator.error_band(share.compute, limits.overhead) + quantized.uncertain / fit.count;
    }
    fit.verdict = judge(fit.required, fit.error, limits.usable);
    return fit;
}

void FitSolver::remember(Tokens context, const ContextCosts& costs) {
    computes_.emplace(std::pair{context, std::int64_t{1}}, std::vector<Bytes>{costs.compute.device});
    caches_.emplace(context, costs.cache);
}

Result<const CachePlan*> FitSolver::cache(Tokens context) {
    const auto known = caches_.find(context);
    if (known != caches_.end()) return &known->second;
    EngineSettings settings = settings_;
    settings.context = context;
    const auto found = estimator_->context_costs(settings);
    if (!found) return tl::unexpected(found.error());
    remember(context, *found);
    return &caches_.at(context);
}

// Asked for after cache(), which knows the answer for one device.
Result<std::span<const Bytes>> FitSolver::compute(Tokens context, std::int64_t count) {
    const auto known = computes_.find({context, count});
    if (known != computes_.end()) return known->second;
    EngineSettings settings = settings_;
    settings.context = context;
    auto found = estimator_->split_compute(settings, count);
    if (!found) return tl::unexpected(found.error());
    return computes_.emplace(std::pair{context, count}, std::move(*found)).first->second;
}

Result<DeviceFit> FitSolver::at(Tokens context, std::int64_t count, const DeviceLimits& limits) {
    const auto cells = cache(context);
    if (!cells) return tl::unexpected(cells.error());
    const auto scratch = compute(context, count);
    if (!scratch) return tl::unexpected(scratch.error());
    return fit_on(*estimator_, *quantized_, **cells, *scratch, limits);
}

Result<DeviceFit> FitSolver::on(std::int64_t count, const DeviceLimits& limits) { return at(settings_.context, count, limits); }

Result<Bytes> FitSolver::least_required(std::int64_t count) {
    const auto cells = cache(settings_.context);
    if (!cells) return tl::unexpected(cells.error());
    const std::vector<Bytes> no_scratch(static_cast<std::size_t>(count));
    return fit_on(*estimator_, *quantized_, **cells, no_scratch, DeviceLimits{}).required;
}

Result<DeviceFit> FitSolver::smallest(const DeviceLimits& limits, std::span<const std::int64_t> counts, Verdict worst) {
    Result<DeviceFit> fit = on(counts.front(), limits);
    for (const std::int64_t count : counts.subspan(1)) {
        if (!fit || at_least(fit->verdict, worst)) break;
        // No split is better than an even one: skip the counts that can't do.
        if (fit->total <= limits.usable * count) fit = on(count, limits);
    }
    return fit;
}

Result<std::optional<Tokens>> FitSolver::max_context(std::int64_t count, const DeviceLimits& limits) {
    const Tokens most = estimator_->model().context_length;
    const auto whole = at(most, count, limits);
    if (!whole) return tl::unexpected(whole.error());
    if (fits(whole->verdict)) return most;
    // Memory grows with the context, so the largest that fits is found by halving. `low` steps fit, `high` don't.
    std::int64_t low = 0, high = (most.count() + context_step - 1) / context_step;
    while (high - low > 1) {
        const std::int64_t middle = low + (high - low) / 2;
        const auto fit = at(Tokens{middle * context_step}, count, limits);
        if (!fit) return tl::unexpected(fit.error());
        (fits(fit->verdict) ? low : high) = middle;
    }
    if (low == 0) return std::optional<Tokens>{};
    return Tokens{low * context_step};
}

}  // namespace fitcalc
