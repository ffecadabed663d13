// Places a model with given settings; remembers the parts that questions share.
#pragma once

#include <cstdint>
#include <map>
#include <tuple>
#include <vector>

#include "fitcalc/placement.hpp"
#include "layout.hpp"

namespace fitcalc {

class Placer {
public:
    explicit Placer(const Estimator& estimator) : estimator_{&estimator} {}

    const Estimator& estimator() const { return *estimator_; }

    void remember(const EngineSettings& settings, const ContextCosts& costs);
    Result<Placement> place(const QuantizedModel& quantized, const PlacementLimits& limits,
                            const EngineSettings& settings);
    Result<Verdict> verdict(const QuantizedModel& quantized, const PlacementLimits& limits,
                            const EngineSettings& settings);
    Result<Bytes> least_required(const QuantizedModel& quantized, std::int64_t count, const EngineSettings& settings);

private:
    // The settings that differ between questions.
    using Moment = std::pair<Tokens, std::int64_t>;  // context, sequences
    static Moment moment(const EngineSettings& settings) { return {settings.context, settings.sequences}; }

    Result<const CachePlan*> cache(const EngineSettings& settings);
    Result<const SplitBuffers*> compute(const Layout& layout, const EngineSettings& settings);
    std::int64_t parts() const { return static_cast<std::int64_t>(estimator_->model().layers.size()) + 1; }
    std::vector<Bytes> part_costs(const QuantizedModel& quantized, const CachePlan& cache) const;
    Result<Placement> laid_out(const QuantizedModel& quantized, const PlacementLimits& limits, const Layout& layout,
                               const EngineSettings& settings);
    Result<Placement> on_devices(const QuantizedModel& quantized, const PlacementLimits& limits,
                                 const EngineSettings& settings);

    const Estimator* estimator_;
    std::map<Moment, CachePlan> caches_;
    std::map<std::pair<Moment, Layout>, SplitBuffers> computes_;
};

}  // namespace fitcalc
