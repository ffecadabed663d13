// Reads a catalog from JSON text.
#pragma once

#include <memory>
#include <string_view>

#include "fitcalc/catalog.hpp"

namespace fitcalc {

struct ParsedCatalog {
    CatalogTables tables;
    std::shared_ptr<const void> storage;  // what the tables point into
};

// `text`: an object with any of "models", "gpus", "quants" and "engines". Errors name the record and the field.
Result<ParsedCatalog> parse_catalog(std::string_view text, std::string_view origin);

}  // namespace fitcalc
