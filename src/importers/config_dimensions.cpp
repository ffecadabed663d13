#include "config_dimensions.hpp"

namespace fitcalc {

Result<ConfigDimensions> dimensions_of_config(std::string_view, std::string_view origin) {
    return fail(ErrorKind::unsupported, std::string(origin) + ": dimensions are not read from a config.json yet",
                "give the model's .gguf file or its name: fitcalc list models");
}

}  // namespace fitcalc
