// What `llama-bench -o json` prints: an array of runs, or one object a line with -o jsonl.
// Source: llama.cpp de3ff81, tools/llama-bench/README.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fitcalc/ggml_type.hpp"
#include "fitcalc/result.hpp"

namespace fitcalc {

struct BenchRun {
    std::string model_file;   // "models/Qwen2.5-7B-Instruct-Q4_K_M.gguf"
    std::string devices;      // "NVIDIA GeForce RTX 4080", several with ", " between
    std::string backends;     // "CUDA", "Metal,BLAS"
    std::int64_t prompt = 0;  // tokens; a run has a prompt or generates
    std::int64_t generated = 0;
    std::int64_t depth = 0;
    std::int64_t ubatch = 512;
    std::int64_t gpu_layers = -1;  // -1: all
    std::int64_t cpu_moe_layers = 0;
    bool flash_attention = true;
    GgmlType type_k = GgmlType::f16, type_v = GgmlType::f16;
    double rate = 0;  // tokens per second
};

// `origin` names the text in messages. Text that is no llama-bench output is an error.
Result<std::vector<BenchRun>> parse_llama_bench(std::string_view text, std::string_view origin);

}  // namespace fitcalc
