// From what a report knows to the plan that the commands are made of.
#pragma once

#include "fitcalc/catalog.hpp"
#include "fitcalc/placement.hpp"
#include "fitcalc/quant_scheme.hpp"
#include "fitcalc/run_commands.hpp"
#include "fit_request.hpp"

namespace fitcalc {

// A model of the catalog, which also knows where its files are.
RunPlan run_plan(const Catalog& catalog, const ModelRecord& record, FileType quant, Bytes file_size, Layers expert_layers,
                 const EngineSettings& settings, const Placement& placement);

// The model of the request, which may be a file.
RunPlan run_plan(const FitRequest& request, const ModelSpec& model, Bytes file_size, const Placement& placement);

}  // namespace fitcalc
