#include "require.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

namespace fitcalc::fuzz {
namespace {

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

// Warnings and errors: nothing that a file's text could do to a terminal.
void require_messages(const std::string& err, bool failed) {
    require(err.empty() || err.ends_with('\n'), "standard error ends with a line");
    std::istringstream lines(err);
    std::int64_t errors = 0;
    for (std::string line; std::getline(lines, line);) {
        require(std::ranges::none_of(line, is_control), "a message holds no control characters");
        const bool error = line.starts_with("fitcalc: error: ");
        errors += error ? 1 : 0;
        require(error || (errors > 0 ? line.starts_with("  ") : line.starts_with("fitcalc: warning: ")),
                "a line of standard error is an error, its hint, or a warning: " + line);
    }
    require(errors == (failed ? 1 : 0), "one error line if it failed, else none");
}

// Without "select graphic rendition": ESC [ digits and semicolons m.
std::string without_colours(const std::string& text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        if (text.compare(at, 2, "\x1b[") == 0) {
            const std::size_t end = text.find_first_not_of("0123456789;", at + 2);
            if (end != std::string::npos && text[end] == 'm') {
                at = end + 1;
                continue;
            }
        }
        out += text[at++];
    }
    return out;
}

bool among(const std::vector<std::string>& words, std::string_view word) { return std::ranges::find(words, word) != words.end(); }

// JSON answers may follow each other.
void require_json(const std::string& text) {
    std::istringstream stream(text);
    while (stream >> std::ws && !stream.eof()) {
        nlohmann::json answer;
        stream >> answer;
        require(answer.is_object(), "a JSON answer is an object");
        require(answer.contains("schema") || answer.contains("models"), "a JSON answer names its schema");
    }
}

}  // namespace

bool is_utf8(std::string_view text) {
    try {
        (void)nlohmann::json(std::string(text)).dump();
        return true;
    } catch (const nlohmann::json::exception&) {
        return false;
    }
}

void require_error(const Error& error) { require(!error.message.empty(), "an error has a message"); }

void require_outcome(const cli::Outcome& outcome, const std::vector<std::string>& words, bool terminal) {
    require(outcome.status >= 0 && outcome.status <= 4, "the exit status is one of the contract's");
    const bool failed = outcome.status >= 2;
    require(!failed || outcome.out.empty(), "standard output of a failed command is empty");
    require_messages(outcome.err, failed);
    if (failed) return;
    require(outcome.out.empty() || outcome.out.ends_with('\n'), "an answer ends with a line");
    const bool json = among(words, "--json") || among(words, "--format=json");
    const bool other = std::ranges::any_of(words, [](const std::string& word) {
        return word.starts_with("--val") || word.starts_with("--check") || word.starts_with("--fo") || word.starts_with("-f") ||
               word.starts_with("--help") || word.starts_with("-h") || word.starts_with("--version") || word == "version" ||
               word == "help" || word == "catalog";
    });
    if (json && !other) require_json(outcome.out);
    const bool coloured = terminal || std::ranges::any_of(words, [](const std::string& word) { return word.starts_with("--color"); });
    const std::string plain = coloured ? without_colours(outcome.out) : outcome.out;
    require(std::ranges::none_of(plain, [](char c) { return is_control(c) && c != '\n' && c != '\t'; }),
            "an answer holds no control characters but colours");
    require(is_utf8(outcome.out) || !json, "a JSON answer is UTF-8");
}

}  // namespace fitcalc::fuzz
