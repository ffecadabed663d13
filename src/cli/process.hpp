// The program as the operating system sees it.
#pragma once

namespace fitcalc::cli {

// Runs the command line, writes the answer and returns the exit status of the contract.
int run_process(int argc, char** argv);

}  // namespace fitcalc::cli
