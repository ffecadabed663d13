// "auto" and "@machine.json": this machine, or a saved one.
#pragma once

#include <string>

#include "args.hpp"
#include "fitcalc/catalog.hpp"
#include "fitcalc/machine.hpp"
#include "fitcalc/result.hpp"
#include "report/detect_report.hpp"
#include "report/fit_request.hpp"
#include "run.hpp"

namespace fitcalc::cli {

bool names_a_machine(std::string_view word);

Result<Machine> machine_named(const std::string& word, const World& world);

// The devices of the machine that --gpu names, into the request: what llama.cpp would use there, or the CPU where it has
// no GPU.
Result<void> resolve_machine(const RawArgs& args, const std::string& word, const MemoryChoice& memory, const World& world,
                             FitRequest& request);

// Everything on the CPU, with the memory of `word`'s machine.
Result<void> resolve_cpu(const std::string& word, const MemoryChoice& memory, const World& world, FitRequest& request);

// fitcalc detect [@FILE]
Result<DetectReport> detect_verb(const RawArgs& args, const Catalog& catalog, const World& world);

}  // namespace fitcalc::cli
