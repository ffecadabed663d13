// Model files of this machine.
#pragma once

#include "importers/byte_source.hpp"

namespace fitcalc::cli {

Files files_of_this_machine();

}  // namespace fitcalc::cli
