// The families, one file each. A new architecture is one builder file, one line here and one in architecture.cpp.
#pragma once

#include "fitcalc/architecture.hpp"

namespace fitcalc::architectures {

extern const Architecture llama;
extern const Architecture qwen2;
extern const Architecture qwen3;
extern const Architecture deepseek2;
extern const Architecture glm4;
extern const Architecture glm4moe;
extern const Architecture minimax_m2;
extern const Architecture phi3;
extern const Architecture qwen3moe;
extern const Architecture smollm3;
extern const Architecture starcoder2;
extern const Architecture apertus;
extern const Architecture arcee;
extern const Architecture baichuan;
extern const Architecture bailingmoe;
extern const Architecture bailingmoe2;
extern const Architecture bloom;
extern const Architecture chatglm;
extern const Architecture dbrx;
extern const Architecture deepseek;
extern const Architecture dots1;
extern const Architecture ernie4_5;
extern const Architecture ernie4_5_moe;
extern const Architecture exaone;
extern const Architecture falcon;
extern const Architecture gpt2;
extern const Architecture gptneox;
extern const Architecture granite;
extern const Architecture granitemoe;
extern const Architecture hunyuan_dense;
extern const Architecture hunyuan_moe;
extern const Architecture internlm2;
extern const Architecture minicpm;
extern const Architecture mistral3;
extern const Architecture mpt;
extern const Architecture nemotron;
extern const Architecture olmo;
extern const Architecture olmoe;
extern const Architecture orion;
extern const Architecture phi2;
extern const Architecture phimoe;
extern const Architecture plamo;
extern const Architecture qwen;
extern const Architecture qwen2moe;
extern const Architecture qwen2vl;
extern const Architecture seed_oss;
extern const Architecture stablelm;
extern const Architecture starcoder;
extern const Architecture xverse;
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
