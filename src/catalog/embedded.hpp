#pragma once

#include "fitcalc/catalog.hpp"

namespace fitcalc {

// The catalog compiled into the program; written at build time from data/*.json.
CatalogTables embedded_tables();

}  // namespace fitcalc
