// A name that could have meant several records.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "fitcalc/catalog.hpp"

namespace fitcalc::cli {

// Says once which record was taken where others could have been meant.
template <class Record>
void warn_of_others(std::string_view typed, const Found<Record>& found, std::vector<std::string>& warnings) {
    if (found.passed_over.empty()) return;
    std::string text = "'" + std::string(typed) + "' is taken for " + std::string(found.record->id) +
                       (found.passed_over.size() == 1 ? "; there is also " : "; there are also ");
    for (const Record* other : found.passed_over) {
        if (other != found.passed_over.front()) text += ", ";
        text += other->id;
    }
    if (std::ranges::find(warnings, text) == warnings.end()) warnings.push_back(std::move(text));
}

}  // namespace fitcalc::cli
