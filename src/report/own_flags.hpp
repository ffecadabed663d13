// A question's own flags, taken back one at a time.
#pragma once

#include <string_view>
#include <vector>

#include "fit_request.hpp"

namespace fitcalc {

struct WithoutFlag {
    std::string_view flag;     // "--tensor-split"
    std::string_view instead;  // what holds without it, in words
    FitRequest request;        // the question without it
};

// One for each flag given that may be why a model doesn't fit: those that place layers, leave memory free or make the
// engine take more of it. Cache types, context, sequences and quantization have better ways out than their defaults.
std::vector<WithoutFlag> without_own_flags(const FitRequest& request);

}  // namespace fitcalc
