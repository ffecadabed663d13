// Command lines through run(), in a world without files, variables or a terminal.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/run.hpp"
#include "support/catch.hpp"

namespace fitcalc::test {

inline cli::Outcome run_words(const std::vector<std::string>& words) {
    cli::World world;
    world.variable = [](const char*) { return std::nullopt; };
    return cli::run(words, world);
}

inline nlohmann::json answer_to(std::vector<std::string> words) {
    words.insert(words.end(), {"--format", "json"});
    const cli::Outcome outcome = run_words(words);
    INFO(outcome.err);
    return nlohmann::json::parse(outcome.out);
}

}  // namespace fitcalc::test
