// From what was typed to what is meant: every name looked up, every default written in. The only place that may
// say "unknown".
#pragma once

#include "args.hpp"
#include "fitcalc/catalog.hpp"
#include "fitcalc/result.hpp"
#include "render/output.hpp"
#include "report/fit_request.hpp"
#include "report/list_report.hpp"
#include "importers/byte_source.hpp"
#include "run.hpp"

namespace fitcalc::cli {

// The built-in catalog with FITCALC_CATALOG and --catalog laid over it.
Result<Catalog> load_catalog(const RawArgs& args, const World& world);

// `catalog` must outlive the request.
Result<FitRequest> resolve_fit(const RawArgs& args, const Catalog& catalog, const World& world);

// What is asked of every model of the catalog: a request without one. --ctx max is each model's own.
Result<FitRequest> resolve_devices_question(const RawArgs& args, const Catalog& catalog, const World& world);

// "Q4_K_M", in any case; Q4_K_M where nothing is typed.
Result<FileType> resolve_quant(const std::string& text);

// The command has no nominal arithmetic.
Result<void> require_exact(const RawArgs& args);

// That of --engine, llama.cpp where it isn't given.
Result<const EngineRecord*> engine_asked(const RawArgs& args, const Catalog& catalog);

// "cpu", one of the engine's, or nothing.
Result<void> check_backend(const std::string& typed, const EngineRecord& engine);

// "8192", "32k", "max".
Result<Tokens> resolve_context(const std::string& text, const FitRequest& request);

// "a,b" as its parts; empty ones are left out.
std::vector<std::string> split_list(const std::string& text);
// What `fitcalc list TOPIC` was asked for.
Result<ListRequest> resolve_list(const RawArgs& args, ListTopic topic);

Result<OutputOptions> resolve_output(const RawArgs& args, const World& world);

}  // namespace fitcalc::cli
