// Transcripts: commands with the output they must give, as in a terminal.
//
//   $ fitcalc llama-3.1-8b --value total_bytes
//   6031234567
//   $ fitcalc nonesuch
//   fitcalc: error: no model named 'nonesuch'
//   [exit status 2]
//
// "This machine" (detect, --gpu auto) is the recorded one in tests/machines/rtx-4090.
//
// Golden files are whole transcripts; in a Markdown file, code blocks that begin with "$ fitcalc" are.
#pragma once

#include <string>
#include <vector>

namespace fitcalc::test {

struct TranscriptEntry {
    std::string command;   // without the "$ "
    std::string expected;  // what follows, up to the next command
    std::size_t line = 0;  // where the command stands
};

struct TranscriptStyle {
    bool terminal = true;  // Unicode, no colour; false: as into a pipe
    int width = 80;
    bool ascii = false;  // a locale without Unicode
};

std::vector<TranscriptEntry> read_transcript(const std::string& text);
std::vector<TranscriptEntry> read_markdown(const std::string& text);

// What the command prints today: standard error, standard output, exit status when it is not 0.
std::string run_command(const std::string& command, TranscriptStyle style);

std::vector<std::string> lines_of(const std::string& text);
std::string read_text(const std::string& path);
void write_text(const std::string& path, const std::string& text);

}  // namespace fitcalc::test
