// The catalog's record of a GPU that was found.
#pragma once

#include "fitcalc/catalog.hpp"
#include "fitcalc/machine.hpp"

namespace fitcalc {

// By PCI id where the catalog has them, else by the driver's name; of several variants the one with that much memory.
// nullptr: unknown to the catalog, as a slice of a GPU always is.
const DeviceRecord* match_device(const Catalog& catalog, const Gpu& gpu, const Machine& machine);

}  // namespace fitcalc
