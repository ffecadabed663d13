// A catalog record made from a config.json.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "fitcalc/catalog.hpp"
#include "importers/hf_config.hpp"

namespace fitcalc::cli {

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
