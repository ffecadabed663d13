// From a typed name to a record. The compiled-in records are found through tables made at build time, those of
// overlays by looking at each.
#pragma once

#include <string_view>
#include <vector>

#include "fitcalc/catalog.hpp"

namespace fitcalc {

Result<Found<DeviceRecord>> look_up(const std::vector<const DeviceRecord*>& devices, std::string_view name);
Result<Found<ModelRecord>> look_up(const std::vector<const ModelRecord*>& models, std::string_view name);

}  // namespace fitcalc
