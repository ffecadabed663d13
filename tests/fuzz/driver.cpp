// The fuzzer of one target: FITCALC_FUZZ_TARGET is its function.
#include "targets.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    return fitcalc::fuzz::FITCALC_FUZZ_TARGET(data, size);
}
