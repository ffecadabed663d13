// What one source found: GPUs, and what it could not read.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fitcalc/machine.hpp"

namespace fitcalc {

struct FoundGpus {
    std::vector<Gpu> gpus;
    std::vector<Unread> unread;

    void could_not(std::string what, std::string reason) { unread.push_back({std::move(what), std::move(reason)}); }
};

// As text, to come back from another process; what is malformed is left out.
std::string encode(const FoundGpus& found);
FoundGpus decode(std::string_view text);

}  // namespace fitcalc
