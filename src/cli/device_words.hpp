// "2x rtx-3090", "8xh100-80gb", "24GB": a count and a name or a bare size.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fitcalc/quantity.hpp"
#include "fitcalc/result.hpp"

namespace fitcalc::cli {

struct DeviceWords {
    std::int64_t count = 1;
    std::string name;
    std::optional<Bytes> size;  // a bare size instead of a name
};

Result<DeviceWords> split_device_words(std::string_view text);

}  // namespace fitcalc::cli
