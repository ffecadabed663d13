// How many sequences at once a question's devices carry.
#pragma once

#include <cstdint>

#include "fit_request.hpp"

namespace fitcalc {

// The largest number of sequences of the request's context that fits, up to the engine's own limit; 0 where none does. With
// host memory named, part of the model may be there.
Result<std::int64_t> most_sequences(const FitRequest& request);

}  // namespace fitcalc
