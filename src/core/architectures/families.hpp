// The families, one file each. A new architecture is one builder file, one line here and one in architecture.cpp.
#pragma once

#include "fitcalc/architecture.hpp"

namespace fitcalc::architectures {

extern const Architecture llama;
extern const Architecture qwen2;
extern const Architecture qwen3;
extern const Architecture deepseek2;
extern const Architecture glm4moe;
extern const Architecture minimax_m2;
extern const Architecture phi3;
extern const Architecture qwen3moe;
extern const Architecture smollm3;
extern const Architecture starcoder2;

}  // namespace fitcalc::architectures
