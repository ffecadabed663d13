// Is a catalog sound? Every problem says the list, the record and the field: "gpus.rtx-4090.memory_bytes: …".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fitcalc/catalog.hpp"

namespace fitcalc {

struct CatalogCheck {
    std::vector<std::string> problems;
    std::vector<std::string> computed;  // one line for each model: what the architecture makes of its dimensions
    CatalogTables tables;               // what was checked; of a file, it views `storage`
    std::shared_ptr<const void> storage;
};

// The compiled-in catalog.
CatalogCheck check_built_in();

// A file that is to be laid over the compiled-in catalog. An error where it is no JSON of a catalog's form at all;
// whatever is wrong in a field is a problem, and the rest is checked all the same.
Result<CatalogCheck> check_overlay(std::string_view json_text, std::string_view origin);

}  // namespace fitcalc
