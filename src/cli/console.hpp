// The terminal or whatever else standard output goes to.
#pragma once

#include <optional>

namespace fitcalc::cli {

// A reader that goes away is no reason to end the process, and texts leave it byte by byte as they are.
void prepare_streams();

bool out_is_terminal();
std::optional<int> terminal_width();  // in columns; nothing where standard output is no terminal

}  // namespace fitcalc::cli
