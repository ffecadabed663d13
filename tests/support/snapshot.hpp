// Snapshots of what the core comes to, for every architecture. Nearly all of it is held to the engines' own figures
// elsewhere; here a change of any is seen and read. FITCALC_ACCEPT_GOLDEN=1 writes them anew.
#pragma once

#include <cstdlib>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>

#include "fitcalc/architecture.hpp"
#include "fitcalc/catalog.hpp"
#include "support/catch.hpp"
#include "support/reference_json.hpp"
#include "support/transcript.hpp"

namespace fitcalc::test {

enum class ModelsOf { both, catalog, small };

// Of an architecture that neither the catalog nor llama.cpp's figures have a model of.
inline Dimensions plain_dimensions() {
    Dimensions d;
    d.block_count = 4;
    d.context_length = 8192;
    d.embedding_length = 1024;
    d.vocab_size = 32000;
    d.head_count = PerLayer{16};
    d.head_count_kv = PerLayer{8};
    d.feed_forward_length = PerLayer{3072};
    d.expert_count = 8;
    d.expert_used_count = 2;
    d.expert_feed_forward_length = 512;
    d.expert_shared_count = 1;
    return d;
}

// For each architecture, with experts and without, the first of the catalog's models and of the small ones that llama.cpp's
// figures are known of, or one of them: where there is no small one, the catalog's; a plain one of an architecture that has
// none at all. `add(text, dimensions, architecture)` appends to the text of the model.
template <class Add>
std::string text_of_all(ModelsOf which, Add add) {
    std::map<std::pair<std::string, bool>, std::string> texts;
    std::set<std::string> known;
    const auto text_of = [&](const std::string& architecture, const Dimensions& dimensions) -> std::string& {
        known.insert(architecture);
        return texts[{architecture, dimensions.expert_count.value_or(0) > 0}];
    };
    const auto enter = [&](std::string& text, const std::string& architecture, std::string_view id, const Dimensions& d) {
        text += architecture + ", " + std::string(id) + "\n";
        add(text, d, architecture);
    };
    const Catalog catalog;
    for (const ModelRecord* record : catalog.models()) {
        const std::string architecture(record->architecture);
        std::string& text = text_of(architecture, record->dimensions());
        if (text.empty()) enter(text, architecture, record->id, record->dimensions());
    }
    std::ifstream shapes(FITCALC_TEST_REFERENCE "/shapes.jsonl");
    for (std::string line; which != ModelsOf::catalog && std::getline(shapes, line);) {
        const auto shape = nlohmann::json::parse(line);
        const std::string architecture = shape["architecture"];
        const Dimensions dimensions = test::dimensions_of(shape["dimensions"]);
        std::string& text = text_of(architecture, dimensions);
        if (text.find(", small") != std::string::npos) continue;
        if (which == ModelsOf::small) text.clear();
        enter(text, architecture, "small", dimensions);
    }
    for (const Architecture* each : architectures_known()) {
        const std::string architecture(each->name);
        if (which == ModelsOf::catalog || known.contains(architecture)) continue;
        enter(text_of(architecture, plain_dimensions()), architecture, "plain", plain_dimensions());
    }
    std::string all;
    for (const auto& [kind, text] : texts) all += text;
    return all;
}

// The same of the models' descriptions: `add(text, model)`.
template <class Add>
std::string text_of_models(ModelsOf which, Add add) {
    return text_of_all(which, [&](std::string& text, const Dimensions& dimensions, const std::string& architecture) {
        const auto model = describe_model(architecture, dimensions);
        if (model)
            add(text, *model);
        else
            text += "  " + model.error().message + "\n";
    });
}

inline void check_snapshot(const char* name, const std::string& today) {
    const std::string path = std::string(FITCALC_SOURCE_DIR) + "/tests/golden/snapshots/" + name;
    if (std::getenv("FITCALC_ACCEPT_GOLDEN")) test::write_text(path, today);
    CHECK(today == test::read_text(path));
}

}  // namespace fitcalc::test
