// From words to a question about a serving engine (--engine vllm, --engine sglang).
#pragma once

#include "args.hpp"
#include "report/serving_report.hpp"
#include "run.hpp"

namespace fitcalc::cli {

// Whether --engine names a serving engine.
bool asks_serving(const RawArgs& args, const Catalog& catalog);

// `catalog` must outlive the request.
Result<ServingRequest> resolve_serving(const RawArgs& args, const Catalog& catalog, const World& world);

// An option that only serving engines know was given without one, or a serving engine to a command that has no answer
// for it.
Result<void> refuse_serving_words(const RawArgs& args, const Catalog& catalog);

}  // namespace fitcalc::cli
