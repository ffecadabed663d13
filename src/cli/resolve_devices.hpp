// Devices, memory and forced placements, from words to what they mean.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "args.hpp"
#include "fitcalc/catalog.hpp"
#include "fitcalc/result.hpp"
#include "report/device_choice.hpp"
#include "run.hpp"

namespace fitcalc::cli {

// --gpu, --ram, --total, --reserve, --ngl, --n-cpu-moe and --tensor-split. Adds to `warnings`.
Result<DeviceSet> resolve_device_set(const RawArgs& args, const Catalog& catalog, const EngineRecord& engine,
                                     const World& world, std::vector<std::string>& warnings);

}  // namespace fitcalc::cli
