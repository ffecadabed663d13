#include "cli/process.hpp"

int main(int argc, char** argv) { return fitcalc::cli::run_process(argc, argv); }
