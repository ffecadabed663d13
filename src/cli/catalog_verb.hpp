// fitcalc catalog check|add|path.
#pragma once

#include <string>
#include <vector>

#include "args.hpp"
#include "fitcalc/result.hpp"
#include "run.hpp"

namespace fitcalc::cli {

struct CatalogAnswer {
    std::string text;
    std::vector<std::string> warnings;
};

Result<CatalogAnswer> catalog_verb(const RawArgs& args, const World& world);

}  // namespace fitcalc::cli
