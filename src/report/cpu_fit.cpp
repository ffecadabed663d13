#include "cpu_fit.hpp"

namespace fitcalc {
namespace {

PlacementLimits host_alone(Bytes memory) {
    PlacementLimits limits;
    limits.host = memory;
    return limits;
}

}  // namespace

Result<MemoryEstimate> cpu_estimate(const Estimator& estimator, PlacementSolver& solver, const QuantizedModel& quantized,
                                    const ContextCosts& costs, Tokens context) {
    const auto placement = solver.place(quantized, host_alone(Bytes{}), context);
    if (!placement) return tl::unexpected(placement.error());
    const HostPlacement& host = placement->host;
    MemoryEstimate e = estimator.estimate(quantized, costs, {});
    e.weights_device = host.weights;
    e.weights_host = Bytes{};
    e.kv_cache = host.kv_cache;
    e.recurrent_state = host.recurrent_state;
    e.compute = host.compute;
    e.compute_host = Bytes{};
    e.host = Bytes{};
    e.total = host.total;
    e.error = estimator.error_band(e.compute, {});
    e.recommended = e.total + e.error + llama_fit_margin;
    e.error_percent = 100.0 * static_cast<double>(e.error.count()) / static_cast<double>(e.total.count());
    return e;
}

Result<DeviceRow> cpu_row(PlacementSolver& solver, const QuantizedModel& quantized, const MemoryEstimate& estimate,
                          const DeviceChoice& host) {
    DeviceRow row;
    row.record = host.record;
    row.name = host.name;
    row.memory = host.memory;
    row.usable = host.usable;
    row.required = estimate.total;
    row.headroom = row.usable - row.required;
    row.verdict = judge(row.required, estimate.error, row.usable);
    const auto most = solver.max_context(quantized, host_alone(host.usable));
    if (!most) return tl::unexpected(most.error());
    row.max_context = *most;
    return row;
}

}  // namespace fitcalc
