// A catalog record made from a config.json or a GGUF file's header.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "fitcalc/catalog.hpp"
#include "importers/model_file.hpp"

namespace fitcalc::cli {

// A catalog record with its own storage.
struct OwnedRecord {
    std::string id, name, architecture;
    std::vector<std::string> sources;
    std::vector<std::string_view> source_views;
    std::vector<std::uint32_t> dimensions;
    ModelRecord record;  // views into the above
};

// Without an id, the name in lower case is one.
std::shared_ptr<const OwnedRecord> make_record(const ModelFile& model, std::string id, std::vector<std::string> sources);

}  // namespace fitcalc::cli
