#include "fitcalc/catalog.hpp"

#include "catalog/check.hpp"
#include "require.hpp"
#include "sections.hpp"
#include "targets.hpp"

namespace fitcalc::fuzz {

int fuzz_catalog(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = as_text(data, size);
    Catalog catalog;
    const std::size_t models = catalog.models().size();
    const auto laid = catalog.overlay(text, "mine.json");
    const auto checked = check_overlay(text, "mine.json");
    if (!laid) {
        require_error(laid.error());
        require(catalog.models().size() == models, "a catalog that is refused changes nothing");
        require(!checked || !checked->problems.empty(), "what is refused has a problem");
        return 0;
    }
    require(checked.has_value(), "what is laid over can be checked");

    Sections asked;
    asked.files["mine.json"] = {std::string(text), size};
    const cli::World world = asked.world();
    std::vector<std::vector<std::string>> questions = {{"catalog", "check", "mine.json"}};
    if (!checked->tables.models.empty()) {
        questions.push_back({"list", "models", std::string(checked->tables.models.front().id), "--json"});
        questions.push_back({std::string(checked->tables.models.front().id), "--method", "nominal"});
    }
    if (!checked->tables.devices.empty()) {
        questions.push_back({"list", "gpus", std::string(checked->tables.devices.front().id), "--json"});
        questions.push_back({"llama-3.1-8b", "--method", "nominal", "--gpu", std::string(checked->tables.devices.front().id)});
    }
    for (auto& words : questions) {
        if (words.front() != "catalog") words.insert(words.end(), {"--catalog", "mine.json"});
        require_outcome(cli::run(words, world), words);
    }
    return 0;
}

}  // namespace fitcalc::fuzz
