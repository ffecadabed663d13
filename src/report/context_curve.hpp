// Context against memory: what a model needs as its context grows. Every point is the estimator's own answer there.
#pragma once

#include <optional>
#include <vector>

#include "fitcalc/placement.hpp"
#include "fitcalc/quantity.hpp"
#include "fitcalc/result.hpp"

namespace fitcalc {

struct Subject;
struct QuantChoice;

struct CurvePoint {
    Tokens context;  // per sequence
    // With everything on the devices asked for, over all of them; on one device where none was asked for; in host memory
    // where the CPU runs it.
    Bytes total;
    bool fits = true;  // true where no memory was named
};

struct ContextCurve {
    std::vector<CurvePoint> points;     // contexts rise, up to the model's whole one
    std::optional<Bytes> limit;         // usable memory over the devices asked for, or host memory; nullopt: none was named
    std::optional<Tokens> max_context;  // the largest that fits there, so
};

// Four points to each doubling of the context, the context asked for, the largest one that fits and the model's whole one.
// `solver` must be that of the subject's estimator and settings.
Result<ContextCurve> context_curve(const Subject& subject, PlacementSolver& solver, const QuantChoice& choice);

}  // namespace fitcalc
