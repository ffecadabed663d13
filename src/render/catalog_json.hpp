// A record as a catalog of its own, ready for --catalog.
#pragma once

#include <string>

#include "fitcalc/catalog.hpp"

namespace fitcalc {

// The record's fields in the catalog's order; absent facts are left out.
std::string render_catalog(const ModelRecord& record);

}  // namespace fitcalc
