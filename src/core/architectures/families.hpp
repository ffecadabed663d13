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
extern const Architecture deepseek32;
extern const Architecture falcon_h1;
extern const Architecture glm_dsa;
extern const Architecture granitehybrid;
extern const Architecture kimi_k3;
extern const Architecture lfm2;
extern const Architecture lfm2moe;
extern const Architecture mamba2;
extern const Architecture nemotron_h;
extern const Architecture qwen35;
extern const Architecture qwen35moe;
extern const Architecture qwen3next;
extern const Architecture rwkv7;

}  // namespace fitcalc::architectures
