#include "fitcalc/fit.hpp"

#include "fitcalc/estimate.hpp"

namespace fitcalc {

std::string_view name_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::great: return "great";
        case Verdict::good: return "good";
        case Verdict::tight: return "tight";
        case Verdict::offload: return "offload";
        case Verdict::no: break;
    }
    return "no";
}

Verdict judge(Bytes required, Bytes error, Bytes usable) {
    if (required > usable) return Verdict::no;
    if (required + error > usable) return Verdict::tight;
    if (required + error + llama_fit_margin > usable) return Verdict::good;
    return Verdict::great;
}

}  // namespace fitcalc
