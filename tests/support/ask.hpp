// Command lines through run(): in a world without files, variables or a terminal, unless another one is given.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "cli/run.hpp"
#include "support/catch.hpp"
#include "support/gguf_writer.hpp"

namespace fitcalc::test {

inline cli::World empty_world() {
    cli::World world;
    world.variable = [](const char*) { return std::nullopt; };
    world.read_file = [](const std::string& path) -> Result<std::string> {
        return fail(ErrorKind::bad_data, path + ": No such file or directory");
    };
    return world;
}

// The model files are all that there is; they must outlive it.
inline cli::World world_of(const MemoryFiles& files) {
    cli::World world = empty_world();
    world.files = files.files();
    return world;
}

inline cli::Outcome run_words(const std::vector<std::string>& words, const cli::World& world = empty_world()) {
    return cli::run(words, world);
}

inline nlohmann::json answer_to(std::vector<std::string> words, const cli::World& world = empty_world()) {
    words.insert(words.end(), {"--format", "json"});
    const cli::Outcome outcome = run_words(words, world);
    INFO(outcome.err);
    REQUIRE_FALSE(outcome.out.empty());
    return nlohmann::json::parse(outcome.out);
}

}  // namespace fitcalc::test
