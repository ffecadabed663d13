// Options that are about speed and cost.
#pragma once

#include "args.hpp"
#include "report/calibration.hpp"
#include "report/fit_request.hpp"
#include "run.hpp"

namespace fitcalc::cli {

// Sets request.speed; what the model's record says of its thinking is a default, and stated as a warning.
Result<void> resolve_speed(const RawArgs& args, const World& world, FitRequest& request);

// "DEVICE MODEL QUANT DECODE [PREFILL]": tokens per second, measured. `origin` names the line in messages.
Result<std::vector<MeasuredRun>> parse_measured(std::string_view line, const Catalog& catalog, std::string_view origin,
                                                std::vector<std::string>& warnings);

// "90GB/s", "ddr5-5600x2": transfers of 8 bytes over so many channels.
Result<double> parse_bandwidth(std::string_view option, std::string_view text);

}  // namespace fitcalc::cli
