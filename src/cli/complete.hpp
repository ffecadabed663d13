// What a shell offers for the word that is being typed. The shells' own scripts (`fitcalc completion SHELL`) only ask the
// program, with a command that people don't type:
//
//   fitcalc __complete =WORD WORDS...
//
// WORD is what stands before the cursor, WORDS what was typed before it. The answer is a line for each candidate, whole
// words that begin with WORD in any case, with a tab and a description where there is one; a last line ":files" asks the
// shell to offer its files, too.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "run.hpp"

namespace fitcalc::cli {

inline constexpr std::string_view complete_command = "__complete";

// The answer to what follows that command. Nothing is an error: a file that can't be read is passed over.
std::string complete(const std::vector<std::string>& words, const World& world);

}  // namespace fitcalc::cli
