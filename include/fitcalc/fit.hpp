// Does it fit: what the verdicts mean.
#pragma once

#include <string_view>

#include "fitcalc/quantity.hpp"

namespace fitcalc {

enum class Verdict {
    great,    // fits, and what llama.cpp itself likes to keep free (1 GiB a device) stays free
    good,     // the upper end of the error band fits
    tight,    // the estimate fits, the upper end of its band does not
    offload,  // fits when part of the model stays in host memory
    no,
};

std::string_view name_of(Verdict verdict);

// `required` and `error`: estimate and half-width of its band on the fullest device; `usable`: what it has.
Verdict judge(Bytes required, Bytes error, Bytes usable);

// Verdicts are ordered from the best to the worst.
inline bool at_least(Verdict verdict, Verdict worst) { return verdict <= worst; }

inline bool fits(Verdict verdict) { return verdict != Verdict::no; }

}  // namespace fitcalc
