// A model as the estimate sees it: its layers by kind, never by the model's name.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "fitcalc/dimensions.hpp"
#include "fitcalc/quantity.hpp"

namespace fitcalc {

// How the values of a token are brought to one size: by their root mean square, or by mean and deviation.
struct Norm {
    bool layer = false;  // layer norm; RMS norm otherwise
    bool weight = true;
    bool bias = false;

    friend bool operator==(const Norm&, const Norm&) = default;
};

// Every token's K and V rows are kept: multi-head, grouped-query and multi-query attention.
struct FullAttention {
    std::int64_t heads = 0;
    std::int64_t kv_heads = 0;
    std::int64_t key_length = 0;    // per head
    std::int64_t value_length = 0;  // per head
    bool qk_norm = false;           // RMS norm on each head's Q and K (Qwen3)
    bool bias = false;              // biases on Q, K and V (Qwen2)
    bool output_bias = false;       // bias on the output projection
    bool fused = false;             // one matrix for Q, K and V (Phi 3)
    bool qk_norm_row = false;       // RMS norm on all of Q and all of K, before they are cut into heads (MiniMax)
    bool rope = true;               // false: positions are not rotated into Q and K (SmolLM 3 in every 4th layer)

    std::int64_t query_values() const { return checked_mul(heads, key_length); }
    std::int64_t key_values() const { return checked_mul(kv_heads, key_length); }
    std::int64_t value_values() const { return checked_mul(kv_heads, value_length); }
    std::int64_t output_values() const { return checked_mul(heads, value_length); }
    friend bool operator==(const FullAttention&, const FullAttention&) = default;
};

// Multi-head latent attention (DeepSeek-V2): one compressed row per token serves as K and V of all heads.
struct LatentAttention {
    std::int64_t heads = 0;
    std::int64_t q_lora_rank = 0;    // 0: the query is not compressed (DeepSeek-V2-Lite)
    std::int64_t kv_lora_rank = 0;
    std::int64_t rope_length = 0;    // rotary part of each key, shared by the heads
    std::int64_t nope_length = 0;    // non-rotary part of each head's key
    std::int64_t value_length = 0;   // per head, after decompression

    std::int64_t cached_values() const { return checked_add(kv_lora_rank, rope_length); }
    friend bool operator==(const LatentAttention&, const LatentAttention&) = default;
};

using Attention = std::variant<FullAttention, LatentAttention>;

struct DenseFeedForward {
    std::int64_t length = 0;
    bool gated = true;   // gate, up and down matrices; up and down only where not
    bool fused = false;  // gate and up are one matrix (Phi 3)
    bool bias = false;   // biases on all of them

    friend bool operator==(const DenseFeedForward&, const DenseFeedForward&) = default;
};

struct ExpertFeedForward {
    std::int64_t experts = 0;
    std::int64_t used = 0;           // routed experts per token
    std::int64_t length = 0;         // of each routed expert
    std::int64_t shared_length = 0;  // all shared experts together; 0 without
    std::int64_t groups = 1;         // experts are chosen within the best groups (DeepSeek-V3)
    std::int64_t groups_used = 1;    // how many groups are the best
    bool probs_bias = false;         // exp_probs_b
    bool weights_norm = false;       // routed weights are normalised to sum 1; llama (Mixtral) always does

    friend bool operator==(const ExpertFeedForward&, const ExpertFeedForward&) = default;
};

using FeedForward = std::variant<DenseFeedForward, ExpertFeedForward>;

struct LayerSpec {
    Attention attention;
    FeedForward feed_forward;
    bool residual_first = false;  // the layer ends with input + network, not network + input: whose memory is reused
    bool next_token = false;  // a next-token (MTP) block: in the file, but the engine skips it when it loads

    friend bool operator==(const LayerSpec&, const LayerSpec&) = default;
};

struct ModelSpec {
    std::string architecture;  // llama.cpp's name: "deepseek2"
    std::int64_t embedding_length = 0;
    std::int64_t vocab_size = 0;
    Tokens context_length;     // the maximum it was trained for
    bool tied_embeddings = false;
    bool rope_factors = false; // a rope_freqs tensor
    bool rope_long_factors = false;  // rope_factors_long and rope_factors_short tensors
    bool nextn_embeddings = false;   // next-token blocks hold an embedding and an output matrix
    Norm norm;                 // before attention, before the feed-forward network and before the output matrix
    std::int64_t rope_length = 0;  // rotary values per head
    std::vector<LayerSpec> layers;  // one per block, next-token blocks included

    // What the quantizer's rules ask for (llama.cpp's hparams of layer 0).
    std::int64_t heads() const;
    std::int64_t kv_heads() const;
    std::int64_t experts() const;  // 0 for dense models
};

}  // namespace fitcalc
