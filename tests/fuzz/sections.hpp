// A command line and the world it runs in, as one text that can be read and edited:
//
//   fit
//   model.gguf
//   --json
//   @@ model.gguf 1000000
//   GGUF...
//   @@ -
//   llama-3.1-8b
//
// Words, one a line; then sections. "@@ PATH" is a file, with SIZE what the file claims to hold (the rest reads as
// missing); "@@ -" standard input, "@@ $NAME" a variable of the environment, "@@ /" the width of the terminal.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/run.hpp"

namespace fitcalc::fuzz {

struct InputFile {
    std::string bytes;
    std::uint64_t size = 0;  // claimed
};

struct Sections {
    std::vector<std::string> words;
    std::map<std::string, InputFile, std::less<>> files;

    // Views this, which must outlive it. "This machine" has an RTX 4090 and 64 GB.
    cli::World world() const;
};

Sections read_sections(std::string_view text);

// Files of one content each, by name.
Files files_of(const std::map<std::string, InputFile, std::less<>>& files);

}  // namespace fitcalc::fuzz
