// The one place where files ask for what a config.json says.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fitcalc/catalog.hpp"
#include "fitcalc/dimensions.hpp"
#include "fitcalc/result.hpp"

namespace fitcalc {

struct ConfigDimensions {
    std::string name;
    std::string architecture;
    Dimensions dimensions;
    std::optional<HuggingFaceAttention> hf_attention;
    std::vector<std::string> warnings;
};

// `origin` names the text in messages. A class of model that isn't known is unsupported.
Result<ConfigDimensions> dimensions_of_config(std::string_view text, std::string_view origin);

}  // namespace fitcalc
