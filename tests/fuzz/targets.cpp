#include "targets.hpp"

namespace fitcalc::fuzz {

std::span<const Target> targets() {
    static constexpr Target all[] = {
        {"bench", fuzz_bench},     {"catalog", fuzz_catalog}, {"gguf", fuzz_gguf},
        {"hf_config", fuzz_hf_config}, {"machine", fuzz_machine}, {"names", fuzz_names},
        {"run", fuzz_run},         {"safetensors", fuzz_safetensors}, {"values", fuzz_values},
    };
    return all;
}

}  // namespace fitcalc::fuzz
