// Command lines on a recorded machine.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "devices/detect.hpp"
#include "support/ask.hpp"
#include "support/recorded_machine.hpp"
#include "support/transcript.hpp"

namespace fitcalc::test {

using nlohmann::json;
using Names = std::vector<std::string>;

inline cli::World world_of(const std::string& machine) {
    cli::World world = empty_world();
    world.read_file = [](const std::string& path) -> Result<std::string> { return read_text(path); };
    world.detect = [machine] { return detect_machine(recorded_probe(machine)); };
    return world;
}

inline json answer(const std::vector<std::string>& arguments, const std::string& machine) {
    const cli::Outcome outcome = cli::run(arguments, world_of(machine));
    INFO(machine << ": " << outcome.err);
    REQUIRE(outcome.status <= 1);
    return json::parse(outcome.out);
}

inline json detected(const std::string& machine) { return answer({"detect", "--json"}, machine); }

// The GPUs that --gpu auto takes, by name.
inline Names chosen(const json& answer) {
    Names names;
    for (const json& device : answer["devices"])
        if (device["chosen"]) names.push_back(device["name"]);
    return names;
}

inline const json& device(const json& answer, std::size_t index) {
    REQUIRE(answer["devices"].size() > index);
    return answer["devices"][index];
}

}  // namespace fitcalc::test
