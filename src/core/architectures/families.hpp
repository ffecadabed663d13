// The families, one file each. A new architecture is one builder file, one line here and one in architecture.cpp.
#pragma once

#include "fitcalc/architecture.hpp"

namespace fitcalc::architectures {

extern const Architecture llama;
extern const Architecture qwen2;
extern const Architecture qwen3;
extern const Architecture deepseek2;
extern const Architecture cohere2;
extern const Architecture command_r;
extern const Architecture gemma2;
extern const Architecture gemma3;
extern const Architecture gemma3n;
extern const Architecture gemma4;
extern const Architecture gpt_oss;
extern const Architecture llama4;
extern const Architecture olmo2;

}  // namespace fitcalc::architectures
