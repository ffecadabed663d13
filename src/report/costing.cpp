#include "costing.hpp"

#include "device_sets.hpp"

namespace fitcalc {
namespace {

Result<MemoryEstimate> in_host_memory(const Estimator& estimator, PlacementSolver& solver, const QuantizedModel& quantized,
                                      const ContextCosts& costs, Tokens context) {
    PlacementLimits host_alone;
    host_alone.host = Bytes{};
    const auto placement = solver.place(quantized, host_alone, context);
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
    e.error = estimator.error_band(e.compute, {}) + quantized.uncertain;
    e.recommended = e.total + e.error + llama_fit_margin;
    e.error_percent = 100.0 * static_cast<double>(e.error.count()) / static_cast<double>(e.total.count());
    return e;
}

}  // namespace

Result<MemoryEstimate> estimate_of(const Subject& subject, PlacementSolver& solver, const QuantizedModel& quantized,
                                   const ContextCosts& costs, Tokens context) {
    const std::string& backend = subject.settings.backend;
    if (backend == "cpu") return in_host_memory(subject.estimator, solver, quantized, costs, context);
    return subject.estimator.estimate(quantized, costs, overhead_of(*subject.request.engine, backend));
}

}  // namespace fitcalc
