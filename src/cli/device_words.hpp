// "2x rtx-3090", "8xh100-80gb", "24GB": a count and a name or a bare size. And the words that devices are chosen by.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fitcalc/catalog.hpp"
#include "fitcalc/quantity.hpp"
#include "fitcalc/result.hpp"

namespace fitcalc::cli {

struct DeviceWords {
    std::int64_t count = 1;
    std::string name;
    std::optional<Bytes> size;  // a bare size instead of a name
};

Result<DeviceWords> split_device_words(std::string_view text);

// What --vendor and --kind choose: words that devices of the catalog have; where nothing is typed, all of them.
Result<std::string> known_vendor(const std::string& typed, const Catalog& catalog);
Result<std::string> known_kind(const std::string& typed, const Catalog& catalog);

}  // namespace fitcalc::cli
