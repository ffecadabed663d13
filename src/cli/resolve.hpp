// From what was typed to what is meant: every name looked up, every default written in. The only place that may
// say "unknown".
#pragma once

#include "args.hpp"
#include "fitcalc/catalog.hpp"
#include "fitcalc/result.hpp"
#include "render/output.hpp"
#include "report/fit_request.hpp"
#include "importers/byte_source.hpp"
#include "run.hpp"

namespace fitcalc::cli {

// The built-in catalog with FITCALC_CATALOG and --catalog laid over it.
Result<Catalog> load_catalog(const RawArgs& args, const World& world);

// `catalog` must outlive the request.
Result<FitRequest> resolve_fit(const RawArgs& args, const Catalog& catalog, const World& world);

Result<OutputOptions> resolve_output(const RawArgs& args, const World& world);

}  // namespace fitcalc::cli
