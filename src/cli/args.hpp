// The command line as typed: texts, not yet looked up or checked.
#pragma once

#include <string>
#include <vector>

#include "fitcalc/result.hpp"

namespace fitcalc::cli {

struct RawArgs {
    std::string verb;                    // "fit" when none was typed
    std::vector<std::string> positional; // MODEL, or the topic of `list`
    bool verb_typed = false;
    bool help = false, version = false;
    bool all = false, manual = false;    // of `help`

    std::string quant, ctx, kv_type, kv_type_k, kv_type_v, parallel, ubatch, flash_attn, outputs;
    std::string engine, method, backend, reserve, ram, ngl, n_cpu_moe, tensor_split, depth;
    std::string prompt, answer, thinking, ram_bandwidth, price, power_price, calibrate;
    std::string format, fields, value, units, color;
    std::vector<std::string> gpu, catalog;
    std::string id, purpose, max_count;
    std::string users, tp, pp, gpu_memory_utilization, max_num_batched_tokens;
    std::string family, publisher, vendor, kind, min_memory, released_after, sort;
    std::vector<std::string> source;
    bool json = false, total = false;
    bool kv_unified = false, swa_full = false, no_imatrix = false, no_header = false, check = false, tensors = false;
    bool together = false, expert_parallel = false, plot = false;
};

Result<RawArgs> parse_arguments(std::vector<std::string> arguments);

}  // namespace fitcalc::cli
