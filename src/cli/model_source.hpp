// The model that a word on the command line means: a record of the catalog, or one made from a config.json.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "fitcalc/catalog.hpp"
#include "fitcalc/result.hpp"
#include "importers/hf_config.hpp"
#include "run.hpp"

namespace fitcalc::cli {

struct ModelSource {
    Found<ModelRecord> found;
    std::shared_ptr<const void> storage;  // of a record that is not the catalog's
    std::vector<std::string> warnings;
};

// A word that ends in .json, or has a '/' and names a file that can be read, is a path; anything else a name.
Result<ModelSource> load_model(const std::string& word, const Catalog& catalog, const World& world);

// A catalog record with its own storage.
struct OwnedRecord {
    std::string id, name, architecture;
    std::vector<std::string> sources;
    std::vector<std::string_view> source_views;
    std::vector<std::uint32_t> dimensions;
    ModelRecord record;  // views into the above
};

// `path` names the model where the configuration doesn't.
std::shared_ptr<const OwnedRecord> make_record(const ImportedConfig& config, const std::string& path, std::string id,
                                               std::vector<std::string> sources);

}  // namespace fitcalc::cli
