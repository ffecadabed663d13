#include "transcript.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

#include "cli/file_source.hpp"
#include "cli/run.hpp"
#include "devices/detect.hpp"
#include "support/gguf_writer.hpp"
#include "support/recorded_machine.hpp"

namespace fitcalc::test {
namespace {

constexpr std::string_view prompt = "$ fitcalc";

// Words of a command, with double and single quotes.
std::vector<std::string> split_words(const std::string& command) {
    std::vector<std::string> words;
    std::string word;
    bool inside = false;
    char quote = 0;
    for (const char c : command) {
        if (quote) {
            if (c == quote)
                quote = 0;
            else
                word += c;
        } else if (c == '"' || c == '\'') {
            quote = c;
            inside = true;
        } else if (c == ' ') {
            if (inside) words.push_back(word);
            word.clear();
            inside = false;
        } else {
            word += c;
            inside = true;
        }
    }
    if (inside) words.push_back(word);
    return words;
}

cli::World world_of(TranscriptStyle style) {
    cli::World world;
    world.variable = [style](const char* name) -> std::optional<std::string> {
        if (std::string_view{name} == "LANG") return style.ascii ? "C" : "C.UTF-8";
        if (std::string_view{name} == "NO_COLOR") return "1";
        return std::nullopt;
    };
    world.read_file = [](const std::string& path) -> Result<std::string> {
        const std::string inside = std::string(FITCALC_SOURCE_DIR) + "/" + path;
        if (!std::filesystem::is_regular_file(inside)) return fail(ErrorKind::bad_data, path + ": No such file or directory");
        return read_text(inside);
    };
    world.files = model_files().files();
    // What is not a made-up file is one of the repository's.
    world.files.open = [made_up = world.files.open](const std::string& path) {
        auto found = made_up(path);
        if (found || !std::filesystem::is_regular_file(std::string(FITCALC_SOURCE_DIR) + "/" + path)) return found;
        return cli::files_of_this_machine().open(std::string(FITCALC_SOURCE_DIR) + "/" + path);
    };
    world.detect = [] { return detect_machine(recorded_probe("rtx-4090")); };
    world.out_is_terminal = style.terminal;
    if (style.terminal) world.terminal_width = style.width;
    return world;
}

}  // namespace

std::vector<TranscriptEntry> read_transcript(const std::string& text) {
    std::vector<TranscriptEntry> entries;
    std::size_t number = 0;
    for (const std::string& line : lines_of(text)) {
        ++number;
        if (line.starts_with(prompt))
            entries.push_back({line.substr(2), "", number});
        else if (entries.empty())
            throw std::runtime_error("a transcript begins with a command");
        else
            entries.back().expected += line + "\n";
    }
    return entries;
}

std::vector<TranscriptEntry> read_markdown(const std::string& text) {
    std::vector<TranscriptEntry> entries;
    std::string block;
    bool inside = false;
    std::size_t number = 0, begin = 0;
    for (const std::string& line : lines_of(text)) {
        ++number;
        if (!line.starts_with("```")) {
            if (inside) block += line + "\n";
            continue;
        }
        if (inside && block.starts_with(prompt))
            for (auto& entry : read_transcript(block)) {
                entry.line += begin;
                entries.push_back(std::move(entry));
            }
        inside = !inside;
        block.clear();
        begin = number;
    }
    return entries;
}

std::string run_command(const std::string& command, TranscriptStyle style) {
    auto words = split_words(command);
    words.erase(words.begin());
    const cli::Outcome outcome = cli::run(words, world_of(style));
    std::string text = outcome.err + outcome.out;
    if (outcome.status != 0) text += "[exit status " + std::to_string(outcome.status) + "]\n";
    return text;
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
}

std::string read_text(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::runtime_error("cannot read " + path);
    return {std::istreambuf_iterator<char>(file), {}};
}

void write_text(const std::string& path, const std::string& text) {
    std::ofstream file(path, std::ios::binary);
    file << text;
    if (!file.flush()) throw std::runtime_error("cannot write " + path);
}

}  // namespace fitcalc::test
