#pragma once

#include <span>

#include "fitcalc/catalog.hpp"
#include "names.hpp"

namespace fitcalc {

// The catalog compiled into the program; written at build time from data/*.json.
CatalogTables embedded_tables();

// Who answers to a name there, each table sorted by key: whole names, and what a name says of identity alone.
struct NameTables {
    std::span<const NameEntry> device_keys, device_identities, model_keys, model_identities;
};
NameTables embedded_names();

}  // namespace fitcalc
