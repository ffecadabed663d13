// Speed and cost beside what the reports say of memory.
#pragma once

#include <vector>

#include "fit_report.hpp"
#include "fitcalc/placement.hpp"
#include "fitcalc/token_work_planner.hpp"
#include "subject.hpp"

namespace fitcalc {

// What a placement on these devices puts on each of them.
std::vector<SpeedSite> sites_of(const Placement& placement, const DeviceSet& devices);
std::vector<SpeedSite> sites_of(const Placement& placement, const DeviceRecord& each);  // on equal devices

// What one token costs in the weights' types. Of a maker's own mix only the size is known: the nearest of llama.cpp's
// own mixes is stretched to it.
std::vector<TokenWork> work_of(const Subject& subject, const TokenWorkPlanner& planner, const QuantChoice& choice);
TokenWorkPlanner planner_of(const Subject& subject);

// The speed of a model where it was placed: nullopt where it doesn't fit, or speed isn't modelled. `settings` may have
// another context than the request's.
std::optional<SpeedReport> placed_speed(const FitRequest& request, const EngineSettings& settings, const ModelSpec& model,
                                        const std::vector<TokenWork>& work, const Placement& placement,
                                        std::vector<SpeedSite> sites);

CostsReport costs_of(const FitRequest& request, const SpeedReport& speed);

// Fills in the speed of the devices asked for, or of every set of devices on which the model fits, and of each
// quantization there: `runs` says of report.quants which of them fit the devices as they are.
void add_speeds(const Subject& subject, const std::vector<bool>& runs, FitReport& report);

}  // namespace fitcalc
