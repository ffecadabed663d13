// Does it fit: verdicts, the smallest number of equal devices, the largest context.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "fitcalc/estimate.hpp"
#include "fitcalc/quantity.hpp"
#include "fitcalc/result.hpp"

namespace fitcalc {

enum class Verdict {
    great,    // fits, and what llama.cpp itself likes to keep free (1 GiB a device) stays free
    good,     // the upper end of the error band fits
    tight,    // the estimate fits, the upper end of its band does not
    offload,  // fits when part of the model stays in host memory
    no,
};

std::string_view name_of(Verdict verdict);

// `required` and `error`: estimate and half-width of its band on the fullest device; `usable`: what it has.
Verdict judge(Bytes required, Bytes error, Bytes usable);

// Verdicts are ordered from the best to the worst.
inline bool at_least(Verdict verdict, Verdict worst) { return verdict <= worst; }

inline bool fits(Verdict verdict) { return verdict != Verdict::no; }

// What one device offers: memory that may be used, and what its backend takes of it.
struct DeviceLimits {
    Bytes usable;
    BackendOverhead overhead;
};

// One quantized model on equal devices.
struct DeviceFit {
    std::int64_t count = 0;
    Bytes required;  // on the fullest device
    Bytes total;     // over all devices
    Bytes error;     // half-width of the band of `required`
    Verdict verdict = Verdict::no;
};

// As many devices with these limits as `compute` has entries: the scratch on each.
DeviceFit fit_on(const Estimator& estimator, const QuantizedModel& quantized, const CachePlan& cache,
                 std::span<const Bytes> compute, const DeviceLimits& limits);

// Answers many fit questions about one model, quantization and settings; remembers the scratch buffers of
// each context it has looked at.
class FitSolver {
public:
    FitSolver(const Estimator& estimator, const QuantizedModel& quantized, EngineSettings settings)
        : estimator_{&estimator}, quantized_{&quantized}, settings_{settings} {}

    // Costs that the caller has found already, at this context.
    void remember(Tokens context, const ContextCosts& costs);

    // On `count` devices with these limits each.
    Result<DeviceFit> on(std::int64_t count, const DeviceLimits& limits);

    // Weights and cache on the fullest of `count` devices: what is needed at the very least, and quick to tell.
    Result<Bytes> least_required(std::int64_t count);

    // The first of `counts`, which rise, where the verdict is `worst` or better; where there is none, the last fit tried.
    Result<DeviceFit> smallest(const DeviceLimits& limits, std::span<const std::int64_t> counts,
                               Verdict worst = Verdict::tight);

    // The largest context per sequence, in steps of 256 up to the model's own, that fits; nullopt where none does.
    Result<std::optional<Tokens>> max_context(std::int64_t count, const DeviceLimits& limits);

private:
    Result<const CachePlan*> cache(Tokens context);
    Result<std::span<const Bytes>> compute(Tokens context, std::int64_t count);
    Result<DeviceFit> at(Tokens context, std::int64_t count, const DeviceLimits& limits);

    const Estimator* estimator_;
    const QuantizedModel* quantized_;
    EngineSettings settings_;
    std::map<Tokens, CachePlan> caches_;
    std::map<std::pair<Tokens, std::int64_t>, std::vector<Bytes>> computes_;
};

}  // namespace fitcalc
