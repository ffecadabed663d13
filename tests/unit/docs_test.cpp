// The documentation's shell lines. What begins with "$ fitcalc" shows its output, too: tests/golden/transcripts_test.cpp.
#include <filesystem>
#include <regex>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/shell.hpp"
#include "support/temporary_folder.hpp"
#include "support/transcript.hpp"

using namespace fitcalc::test;

namespace {

struct ShellLine {
    std::string file, command;
};

// Every line of a block of sh that calls fitcalc; scripts/fitcalc, which may build, is none.
std::vector<ShellLine> shell_lines() {
    static const std::regex calls_fitcalc("^(?!#)(.*[ (])?fitcalc .*");
    const std::string source = FITCALC_SOURCE_DIR;
    std::vector<std::string> paths{source + "/README.md"};
    for (const auto& entry : std::filesystem::directory_iterator(source + "/docs"))
        if (entry.path().extension() == ".md") paths.push_back(entry.path().string());
    std::vector<ShellLine> found;
    for (const std::string& path : paths) {
        bool inside = false;
        for (const std::string& line : lines_of(read_text(path))) {
            if (line.starts_with("```"))
                inside = line == "```sh";
            else if (inside && std::regex_match(line, calls_fitcalc))
                found.push_back({path, line});
        }
    }
    return found;
}

}  // namespace

TEST_CASE("every shell line with fitcalc in the documentation answers", "[docs]") {
    const TemporaryFolder tools;
    std::filesystem::create_symlink(FITCALC_PROGRAM, tools / "fitcalc");
    // Stands for llama-bench: prints what that printed once.
    write_text(tools / "llama-bench", "#!/bin/sh\ncat " + quoted(FITCALC_SOURCE_DIR "/tests/fuzz/corpus/bench/two.json") + "\n");
    std::filesystem::permissions(tools / "llama-bench", std::filesystem::perms::owner_all);
    const bool has_jq = installed("jq");
    if (!has_jq) WARN("jq is not installed: examples with it are not run");
    const auto lines = shell_lines();
    CHECK(lines.size() >= 8);
    for (const ShellLine& line : lines) {
        if (!has_jq && line.command.find("| jq ") != std::string::npos) continue;
        const TemporaryFolder work;
        const ShellOutput output = shell_output("cd " + quoted(work.path()) + " && PATH=" + quoted(tools.path()) +
                                                ":\"$PATH\" bash -o pipefail -c " + quoted(line.command) + " 2>&1");
        INFO(line.file << ": " << line.command << "\n" << output.out);
        CHECK((output.status == 0 || output.status == 1));  // "no" is an answer, too
        CHECK(output.out.find("error:") == std::string::npos);
        CHECK(output.out.find("null") == std::string::npos);  // what jq makes of a field that isn't there
        CHECK((!output.out.empty() || !std::filesystem::is_empty(work.path())));
    }
}
