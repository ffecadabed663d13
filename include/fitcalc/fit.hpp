// Does it fit: what the verdicts mean.
#pragma once

#include <string_view>

#include "fitcalc/quantity.hpp"

namespace fitcalc {

// By what is free on each device: usable memory less the estimate. The error band is the measured one: what the family's
// scratch buffers miss by, and the spread of the backend's overhead (Estimator::error_band). The worst device decides.
enum class Verdict {
    great,    // free >= error + 1 GiB, which llama.cpp's own fitting keeps free (llama_fit_margin)
    good,     // free >= error: the upper end of the band fits
    tight,    // free >= 0: the estimate fits, the upper end of its band does not
    offload,  // free >= 0 on every device and in host memory, where part of the model stays
    no,       // free < 0 somewhere
};

std::string_view name_of(Verdict verdict);

// `required` and `error`: estimate and half-width of its band on the fullest device; `usable`: what it has.
Verdict judge(Bytes required, Bytes error, Bytes usable);

// Verdicts are ordered from the best to the worst.
inline bool at_least(Verdict verdict, Verdict worst) { return verdict <= worst; }

inline bool fits(Verdict verdict) { return verdict != Verdict::no; }

}  // namespace fitcalc
