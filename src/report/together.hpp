// Can several models be resident at once, each in a process of its own?
#pragma once

#include <span>

#include "compare_report.hpp"
#include "fitcalc/placement.hpp"

namespace fitcalc {

// One of the models; what it points to must outlive the question.
struct Tenant {
    const Estimator* estimator;
    const QuantizedModel* quantized;
    EngineSettings settings;
};

// Whole models on devices of their own where that fits, as Ollama loads them; otherwise one after the other, the
// largest first, each over all devices by the memory that is left.
Result<Together> resident_together(std::span<const Tenant> tenants, const PlacementLimits& limits);

}  // namespace fitcalc
