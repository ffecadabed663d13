// The help: one page for the main job, one for each command, all of it on request.
#pragma once

#include <string>

#include "fitcalc/result.hpp"
#include "render/output.hpp"

namespace fitcalc::cli {

struct RawArgs;
struct Option;

// What `--help` or the command `help` asks for; an unknown command is a usage error.
Result<std::string> help_text(const RawArgs& args, const OutputOptions& output);

// What an option does, and in brackets what holds without it.
std::string help_of(const Option& option);

std::string version_text();

}  // namespace fitcalc::cli
