#include "fitcalc/architecture.hpp"
#include "importers/hf_checkpoint.hpp"
#include "importers/hf_config.hpp"
#include "require.hpp"
#include "sections.hpp"
#include "targets.hpp"

namespace fitcalc::fuzz {

// The file by itself, and questions that need its dimensions. Those that lay out a graph are asked in `run`: they take a
// hundred times as long.
int fuzz_hf_config(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = as_text(data, size);
    const auto config = import_hf_config(text, "config.json");
    if (!config) require_error(config.error());
    const auto checkpoint = read_checkpoint_config(text, "config.json");
    if (!checkpoint) require_error(checkpoint.error());
    if (!config) return 0;
    require(find_architecture(config->architecture).has_value() || !config->architecture.empty(), "a class has an architecture");

    Sections asked;
    asked.files["config.json"] = {std::string(text), size};
    const cli::World world = asked.world();
    const std::vector<std::vector<std::string>> questions = {
        {"inspect", "config.json", "--json"},
        {"config.json", "--method", "nominal", "--value", "total_bytes"},
        {"catalog", "add", "config.json", "--source", "test"},
    };
    for (const auto& words : questions) require_outcome(cli::run(words, world), words);
    return 0;
}

}  // namespace fitcalc::fuzz
