#include "config_dimensions.hpp"

#include "hf_config.hpp"

namespace fitcalc {

Result<ConfigDimensions> dimensions_of_config(std::string_view text, std::string_view origin) {
    auto config = import_hf_config(text, origin);
    if (!config) return tl::unexpected(config.error());
    ConfigDimensions out;
    out.name = config->name_or_path.substr(config->name_or_path.find_last_of('/') + 1);
    if (out.name == "." || out.name == "..") out.name.clear();
    out.architecture = std::move(config->architecture);
    out.dimensions = std::move(config->dimensions);
    out.hf_attention = config->hf_attention;
    out.warnings = std::move(config->warnings);
    return out;
}

}  // namespace fitcalc
