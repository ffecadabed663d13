#include "config_record.hpp"

#include <algorithm>
#include <cctype>

#include "catalog/packed_dimensions.hpp"

namespace fitcalc::cli {
namespace {

std::string last_component(std::string_view path) {
    while (path.ends_with('/')) path.remove_suffix(1);
    return std::string(path.substr(path.find_last_of('/') + 1));
}

// "Qwen/Qwen3-8B" and "models/Qwen3-8B/config.json" are both Qwen3-8B.
std::string model_name(const ImportedConfig& config, const std::string& path) {
    std::string stated = last_component(config.name_or_path);
    if (!stated.empty() && stated != "." && stated != "..") return stated;
    const std::string file = last_component(path);
    if (file == "config.json" && path.size() > file.size()) {
        std::string folder = last_component(std::string_view(path).substr(0, path.size() - file.size()));
        if (!folder.empty() && folder != "." && folder != "..") return folder;
    }
    if (file == "config.json") return config.model_class;
    return file.substr(0, file.rfind(".json"));
}

std::string lower_case(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

}  // namespace

std::shared_ptr<const OwnedRecord> make_record(const ImportedConfig& config, const std::string& path, std::string id,
                                               std::vector<std::string> sources) {
    auto owned = std::make_shared<OwnedRecord>();
    owned->name = model_name(config, path);
    owned->id = id.empty() ? lower_case(owned->name) : std::move(id);
    owned->architecture = config.architecture;
    owned->sources = std::move(sources);
    owned->source_views.assign(owned->sources.begin(), owned->sources.end());
    owned->dimensions = pack(config.dimensions);
    ModelRecord& record = owned->record;
    record.id = owned->id;
    record.name = owned->name;
    record.architecture = owned->architecture;
    record.packed_dimensions = owned->dimensions;
    record.hf_attention = config.hf_attention;
    record.sources = owned->source_views;
    record.confidence = "verbatim";
    return owned;
}

}  // namespace fitcalc::cli
