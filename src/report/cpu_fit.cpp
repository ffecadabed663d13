#include "cpu_fit.hpp"

#include <algorithm>

namespace fitcalc {
namespace {

constexpr std::int64_t context_step = 256;  // the engine rounds the context up to it

}  // namespace

MemoryEstimate cpu_estimate(const Estimator& estimator, const QuantizedModel& quantized, const ContextCosts& costs) {
    MemoryEstimate e = estimator.estimate(quantized, costs, {});
    // A block that is left in the file is not loaded; a copy that devices need isn't either.
    e.weights_device = std::min(e.weights, quantized.weights.device() + quantized.weights.host);
    e.weights_host = Bytes{};
    e.compute = costs.compute.device + costs.compute.host;
    e.compute_host = Bytes{};
    e.host = Bytes{};
    e.total = e.weights_device + e.kv_cache + e.recurrent_state + e.compute;
    e.error = estimator.error_band(e.compute, {});
    e.recommended = e.total + e.error + llama_fit_margin;
    e.error_percent = 100.0 * static_cast<double>(e.error.count()) / static_cast<double>(e.total.count());
    return e;
}

Result<DeviceRow> cpu_row(const Estimator& estimator, const QuantizedModel& quantized, EngineSettings settings,
                          const MemoryEstimate& estimate, const DeviceChoice& host) {
    DeviceRow row;
    row.record = host.record;
    row.name = host.name;
    row.memory = host.memory;
    row.usable = host.usable;
    row.required = estimate.total;
    row.headroom = row.usable - row.required;
    row.verdict = judge(row.required, estimate.error, row.usable);

    const auto fits_at = [&](Tokens context) -> Result<bool> {
        settings.context = context;
        const auto costs = estimator.context_costs(settings);
        if (!costs) return tl::unexpected(costs.error());
        const MemoryEstimate there = cpu_estimate(estimator, quantized, *costs);
        return fits(judge(there.total, there.error, host.usable));
    };
    const Tokens most = estimator.model().context_length;
    const auto whole = fits_at(most);
    if (!whole) return tl::unexpected(whole.error());
    if (*whole) {
        row.max_context = most;
        return row;
    }
    // Memory grows with the context, so the largest that fits is found by halving. `low` steps fit, `high` don't.
    std::int64_t low = 0, high = (most.count() + context_step - 1) / context_step;
    while (high - low > 1) {
        const std::int64_t middle = low + (high - low) / 2;
        const auto fitting = fits_at(Tokens{middle * context_step});
        if (!fitting) return tl::unexpected(fitting.error());
        (*fitting ? low : high) = middle;
    }
    if (low > 0) row.max_context = Tokens{low * context_step};
    return row;
}

}  // namespace fitcalc
