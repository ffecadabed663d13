// Every command in tests/golden/*.txt, README.md and docs/*.md prints what stands there.
// scripts/golden rewrites the golden files; read the difference before you commit it.
#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "support/catch.hpp"
#include "support/transcript.hpp"

using namespace fitcalc::test;

namespace {

std::vector<std::string> files(const std::string& folder, const std::string& extension) {
    std::vector<std::string> paths;
    for (const auto& entry : std::filesystem::directory_iterator(std::string(FITCALC_SOURCE_DIR) + "/" + folder))
        if (entry.path().extension() == extension) paths.push_back(entry.path().string());
    std::ranges::sort(paths);
    return paths;
}

// The name says how the commands are run: *.pipe.txt into a pipe, *.wide.txt on 140 columns, *.narrow.txt on 60, others
// on 80; *.ascii.txt where the locale has no Unicode.
TranscriptStyle style_of(const std::string& path) {
    TranscriptStyle style;
    style.terminal = path.find(".pipe.") == std::string::npos;
    const auto named = [&](const char* part) { return path.find(part) != std::string::npos; };
    style.width = named(".wide.") ? 140 : named(".narrow.") ? 60 : 80;
    style.ascii = named(".ascii.");
    return style;
}

}  // namespace

TEST_CASE("golden transcripts") {
    const auto paths = files("tests/golden", ".txt");
    REQUIRE(paths.size() >= 5);
    for (const auto& path : paths) {
        std::string today;
        for (const auto& entry : read_transcript(read_text(path))) {
            const std::string output = run_command(entry.command, style_of(path));
            INFO(path << ":" << entry.line << ": $ " << entry.command);
            if (std::getenv("FITCALC_ACCEPT_GOLDEN"))
                today += "$ " + entry.command + "\n" + output;
            else
                CHECK(output == entry.expected);
        }
        if (!today.empty()) write_text(path, today);
    }
}

TEST_CASE("every example in the documentation prints what it shows") {
    auto paths = files("docs", ".md");
    paths.push_back(std::string(FITCALC_SOURCE_DIR) + "/README.md");
    std::size_t examples = 0;
    for (const auto& path : paths) {
        for (const auto& entry : read_markdown(read_text(path))) {
            ++examples;
            INFO(path << ":" << entry.line << ": $ " << entry.command);
            CHECK(run_command(entry.command, {}) == entry.expected);
        }
    }
    CHECK(examples >= 5);
}

TEST_CASE("the library's guide shows the program that is built against the installed library") {
    const std::string source = FITCALC_SOURCE_DIR;
    const std::string program = read_text(source + "/tests/package/consumer/main.cpp");
    CHECK(read_text(source + "/docs/library.md").find("```cpp\n" + program + "```\n") != std::string::npos);
}
