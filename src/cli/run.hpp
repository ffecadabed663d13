// A command line in, an answer out; the outside world only through World. What tests and fuzzers call.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "fitcalc/machine.hpp"
#include "fitcalc/result.hpp"
#include "importers/byte_source.hpp"

namespace fitcalc::cli {

// Everything outside that an answer may depend on.
struct World {
    std::function<std::optional<std::string>(const char* name)> variable;
    std::function<Result<std::string>(const std::string& path)> read_file;
    std::function<Result<std::string>()> read_input;  // standard input, whole
    Files files;  // model files, of which only the headers are read
    std::function<Machine()> detect;  // what this machine has
    bool out_is_terminal = false;
    std::optional<int> terminal_width;
};

struct Outcome {
    int status = 0;
    std::string out;  // empty when the command failed
    std::string err;  // warnings and errors, a line each
};

// 2 usage and unknown names, 3 bad data, 4 the operating system.
int exit_status(ErrorKind kind);

Outcome run(const std::vector<std::string>& arguments, const World& world);

}  // namespace fitcalc::cli
