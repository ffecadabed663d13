// Searches over contexts, sequences, quantizations and counts of devices; each step is one placement.
#include <algorithm>

#include "fitcalc/placement.hpp"
#include "placer.hpp"

namespace fitcalc {
namespace {

constexpr int most_guesses = 6;  // then a search goes on by halving

// How far from the one to the other nothing is left, between 0 and 1. `above` is negative, `below` is not.
double share_below(Bytes below, Bytes above) {
    return static_cast<double>(below.count()) / static_cast<double>((below - above).count());
}

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
    const auto probe = [&](std::int64_t steps) {
        EngineSettings settings = impl_->settings;
        settings.context = std::min(Tokens{steps * context_step}, impl_->placer.estimator().model().context_length);
        return impl_->placer.outlook(quantized, limits, settings, worst);
    };
    const auto steps_of = [](Tokens context) { return divide_up(context.count(), context_step); };
    const Tokens most = impl_->placer.estimator().model().context_length;
    // `low` steps fit, `high` don't. The context asked about is known already, as often as not.
    std::int64_t low = 1, high = steps_of(most);
    auto above = probe(high);
    if (!above) return tl::unexpected(above.error());
    if (above->fits) return most;
    auto below = probe(std::min(steps_of(impl_->settings.context), high));
    if (!below) return tl::unexpected(below.error());
    if (below->fits) {
        low = steps_of(impl_->settings.context);
    } else {
        high = std::min(steps_of(impl_->settings.context), high);
        above = below;
        below = probe(low);
        if (!below) return tl::unexpected(below.error());
        if (!below->fits) return std::optional<Tokens>{};
    }
    // Memory grows with the context, and nearly as evenly: where it would run out is a good guess.
    for (int tries = 0; high - low > 1; ++tries) {
        std::int64_t next = low + (high - low) / 2;
        if (tries < most_guesses && below->spare && above->spare)
            next = low + static_cast<std::int64_t>(static_cast<double>(high - low) * share_below(*below->spare, *above->spare));
        next = std::clamp(next, low + 1, high - 1);
        const auto found = probe(next);
        if (!found) return tl::unexpected(found.error());
        (found->fits ? low : high) = next;
        (found->fits ? below : above) = found;
    }
    return Tokens{low * context_step};
}

Result<std::int64_t> PlacementSolver::max_parallel(const QuantizedModel& quantized, const PlacementLimits& limits,
                                                   Verdict worst) {
    EngineSettings settings = impl_->settings;
    std::int64_t low = 0, high = sequence_limit + 1;
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
    if (counts.empty()) return fail(ErrorKind::usage, "no number of devices to try");
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
    if (count < 1) return fail(ErrorKind::usage, "no device to place the model on");
    return impl_->placer.least_required(quantized, count, impl_->settings);
}

}  // namespace fitcalc
