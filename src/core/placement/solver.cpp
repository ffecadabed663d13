// Searches over contexts, sequences, quantizations and counts of devices; each step is one placement.
#include <algorithm>

#include "fitcalc/placement.hpp"
#include "placer.hpp"

namespace fitcalc {
namespace {

constexpr std::int64_t context_step = 256;     // the engine rounds the context up to it
constexpr std::int64_t most_sequences = 256;   // LLAMA_MAX_SEQ

}  // namespace

class PlacementSolver::Impl {
public:
    Impl(const Estimator& estimator, const EngineSettings& given) : placer{estimator}, settings{given} {}

    Placer placer;
    EngineSettings settings;
};

PlacementSolver::PlacementSolver(const Estimator& estimator, EngineSettings settings)
    : impl_{std::make_unique<Impl>(estimator, settings)} {}
PlacementSolver::~PlacementSolver() = default;
PlacementSolver::PlacementSolver(PlacementSolver&&) noexcept = default;
PlacementSolver& PlacementSolver::operator=(PlacementSolver&&) noexcept = default;

const EngineSettings& PlacementSolver::settings() const { return impl_->settings; }

void PlacementSolver::remember(Tokens context, const ContextCosts& costs) {
    EngineSettings settings = impl_->settings;
    settings.context = context;
    impl_->placer.remember(settings, costs);
}

Result<Placement> PlacementSolver::place(const QuantizedModel& quantized, const PlacementLimits& limits) {
    return impl_->placer.place(quantized, limits, impl_->settings);
}

Result<Placement> PlacementSolver::place(const QuantizedModel& quantized, const PlacementLimits& limits, Tokens context) {
    EngineSettings settings = impl_->settings;
    settings.context = context;
    return impl_->placer.place(quantized, limits, settings);
}

Result<Verdict> PlacementSolver::verdict(const QuantizedModel& quantized, const PlacementLimits& limits) {
    return impl_->placer.verdict(quantized, limits, impl_->settings);
}

Result<std::optional<Tokens>> PlacementSolver::max_context(const QuantizedModel& quantized,
                                                           const PlacementLimits& limits, Verdict worst) {
    EngineSettings settings = impl_->settings;
    const auto fits_at = [&](Tokens context) {
        settings.context = context;
        return impl_->placer.verdict(quantized, limits, settings).map([&](Verdict v) { return at_least(v, worst); });
    };
    const Tokens most = impl_->placer.estimator().model().context_length;
    const auto whole = fits_at(most);
    if (!whole) return tl::unexpected(whole.error());
    if (*whole) return most;
    // Memory grows with the context, so the largest that fits is found by halving. `low` steps fit, `high` don't.
    std::int64_t low = 0, high = (most.count() + context_step - 1) / context_step;
    while (high - low > 1) {
        const std::int64_t middle = low + (high - low) / 2;
        const auto fit = fits_at(Tokens{middle * context_step});
        if (!fit) return tl::unexpected(fit.error());
        (*fit ? low : high) = middle;
    }
    if (low == 0) return std::optional<Tokens>{};
    return Tokens{low * context_step};
}

Result<std::int64_t> PlacementSolver::max_parallel(const QuantizedModel& quantized, const PlacementLimits& limits,
                                                   Verdict worst) {
    EngineSettings settings = impl_->settings;
    std::int64_t low = 0, high = most_sequences + 1;
    while (high - low > 1) {
        settings.sequences = low + (high - low) / 2;
        const auto verdict = impl_->placer.verdict(quantized, limits, settings);
        if (!verdict) return tl::unexpected(verdict.error());
        (at_least(*verdict, worst) ? low : high) = settings.sequences;
    }
    return low;
}

Result<std::optional<QuantizedModel>> PlacementSolver::best_quantization(std::span<const FileType> wanted,
                                                                         bool importance_matrix,
                                                                         const PlacementLimits& limits, Verdict worst) {
    for (const FileType type : wanted) {
        QuantizedModel quantized = impl_->placer.estimator().quantize(type, importance_matrix);
        const auto fit = verdict(quantized, limits);
        if (!fit) return tl::unexpected(fit.error());
        if (at_least(*fit, worst)) return quantized;
    }
    return std::optional<QuantizedModel>{};
}

Result<CountedPlacement> PlacementSolver::smallest_count(const QuantizedModel& quantized, const PlacementDevice& device,
                                                         std::span<const std::int64_t> counts, Verdict worst) {
    for (std::size_t i = 0;; ++i) {
        const PlacementLimits limits = PlacementLimits::equal(device, counts[i]);
        if (i + 1 < counts.size()) {
            const auto fit = verdict(quantized, limits);
            if (!fit) return tl::unexpected(fit.error());
            if (!at_least(*fit, worst)) continue;
        }
        return place(quantized, limits).map([&](Placement p) { return CountedPlacement{counts[i], std::move(p)}; });
    }
}

Result<Bytes> PlacementSolver::least_required(const QuantizedModel& quantized, std::int64_t count) {
    return impl_->placer.least_required(quantized, count, impl_->settings);
}

}  // namespace fitcalc
