// How the engine is started: everything besides the model and the devices that decides its memory.
#pragma once

#include <cstdint>

#include "fitcalc/ggml_type.hpp"
#include "fitcalc/quantity.hpp"

namespace fitcalc {

struct ModelSpec;

inline constexpr std::int64_t context_step = 256;    // the engine rounds contexts up to it
inline constexpr std::int64_t sequence_limit = 256;  // LLAMA_MAX_SEQ

// Logit rows that the engine reserves.
enum class Outputs {
    slots,  // one per sequence: llama-server, Ollama, LM Studio
    batch,  // one per token of the physical batch: llama-bench, command-line tools, older builds
};

// Where the graph runs when no part of the model is left behind: one GPU, or the CPU alone.
enum class GraphDevice { gpu, cpu };

struct EngineSettings {
    Tokens context{8192};  // per sequence
    std::int64_t sequences = 1;
    bool kv_unified = false;   // one cache shared by all sequences instead of one stream each
    bool swa_full = false;     // sliding-window layers keep the whole context
    bool flash_attention = true;
    GgmlType type_k = GgmlType::f16;
    GgmlType type_v = GgmlType::f16;
    Tokens ubatch{512};
    Tokens batch{2048};
    Outputs outputs = Outputs::slots;
    GraphDevice device = GraphDevice::gpu;

    // llama.cpp's own derived figures (src/llama-context.cpp, llama_context constructor).
    // Context over all sequences as the engine uses it: each stream is rounded up to 256 tokens.
    Tokens total_context() const;
    // Cells of one stream: what one sequence can hold, or all of them when unified.
    Tokens stream_context() const;
    // Cells of one stream in a layer that looks back so many tokens: the window of each sequence that shares them and
    // the batch being added, rounded up to 256. All of them for layers without a window (0) and with swa_full.
    Tokens window_cells(std::int64_t window) const;
    // The same where no two sequences share a cache.
    Tokens own_window_cells(std::int64_t window) const;
    std::int64_t streams() const { return kv_unified ? 1 : sequences; }
    // Tokens of one physical batch: ubatch, but no more than the batch or the context.
    std::int64_t batch_tokens() const;
    // Logit rows reserved for one physical batch.
    std::int64_t output_rows() const;
};

// Whether the engine runs the model with flash attention: as it is asked to, but never where it turns it off by itself.
bool uses_flash_attention(const ModelSpec& model, const EngineSettings& settings);

// Cells for rows that stand for `ratio` tokens each, of a cache that holds `context` tokens.
Tokens compressed_cells(Tokens context, std::int64_t ratio);

}  // namespace fitcalc
