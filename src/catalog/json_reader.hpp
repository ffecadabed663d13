// Reads a catalog from JSON text.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fitcalc/catalog.hpp"

namespace fitcalc {

struct ParsedCatalog {
    CatalogTables tables;
    std::shared_ptr<const void> storage;  // what the tables point into
};

// `text`: an object with any of a catalog's lists (visit_lists). Errors name the record and the field.
// With `problems`, what is wrong in a field is added there and reading goes on; fields that no record has and lists that
// no catalog has as well.
Result<ParsedCatalog> parse_catalog(std::string_view text, std::string_view origin, std::vector<std::string>* problems = nullptr);

}  // namespace fitcalc
