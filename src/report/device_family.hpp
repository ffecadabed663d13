// Devices of one family: what a machine holds several of, and what larger ones are sold.
#pragma once

#include <vector>

#include "fitcalc/catalog.hpp"

namespace fitcalc {

// Cards, but for those in laptops. Memory that is the host's as well is there once.
bool several_in_a_machine(const DeviceRecord& device);

// Of devices of one size the one to name: the newer, then the common variant.
bool named_before(const DeviceRecord& a, const DeviceRecord& b);

// What the same maker sells of the same kind with more memory, the smallest first: for a Mac larger Macs, for a
// laptop's card those of other laptops. What is old or rare is left out.
std::vector<const DeviceRecord*> larger_devices(const Catalog& catalog, const DeviceRecord& device);

}  // namespace fitcalc
