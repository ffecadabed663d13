// Layers that carry a state of fixed size from token to token, whatever the context.
// Sizes of the states: llama.cpp de3ff81, src/llama-hparams.cpp (n_embd_r, n_embd_s).
#pragma once

#include <cstdint>
#include <variant>

#include "fitcalc/quantity.hpp"

namespace fitcalc {

// Mamba, arXiv:2312.00752.
struct Mamba {
    std::int64_t conv_kernel = 0;
    std::int64_t inner_size = 0;
    std::int64_t state_size = 0;
    std::int64_t step_rank = 0;
    bool norms = false;        // on the step, B and C (Falcon Mamba, Jamba)
    bool norm_weights = false; // which have weights (Jamba)

    std::int64_t step_b_c_values() const { return checked_add(step_rank, checked_mul(2, state_size)); }
    std::int64_t conv_values() const { return checked_mul(conv_kernel - 1, inner_size); }
    std::int64_t state_values() const { return checked_mul(state_size, inner_size); }
    friend bool operator==(const Mamba&, const Mamba&) = default;
};

// Mamba-2, arXiv:2405.21060.
struct Mamba2 {
    std::int64_t conv_kernel = 0;
    std::int64_t inner_size = 0;
    std::int64_t state_size = 0;
    std::int64_t heads = 0;
    std::int64_t groups = 0;  // share their B and C
    bool norm = false;        // grouped RMS norm before the output projection

    std::int64_t conv_channels() const { return checked_add(inner_size, checked_mul(2 * groups, state_size)); }
    std::int64_t projected_values() const { return checked_add(checked_add(inner_size, conv_channels()), heads); }
    std::int64_t conv_values() const { return checked_mul(conv_kernel - 1, conv_channels()); }
    std::int64_t state_values() const { return checked_mul(state_size, inner_size); }
    friend bool operator==(const Mamba2&, const Mamba2&) = default;
};

// Gated delta net (Qwen3-Next), arXiv:2412.06464.
struct GatedDeltaNet {
    std::int64_t conv_kernel = 0;
    std::int64_t key_heads = 0;
    std::int64_t value_heads = 0;
    std::int64_t head_length = 0;   // of keys and values
    bool fused_beta_alpha = false;  // one matrix for both (Qwen3-Next), or one for each (Qwen3.5)

    std::int64_t key_values() const { return checked_mul(key_heads, head_length); }
    std::int64_t value_values() const { return checked_mul(value_heads, head_length); }
    std::int64_t conv_channels() const { return checked_add(checked_mul(2, key_values()), value_values()); }
    std::int64_t conv_values() const { return checked_mul(conv_kernel - 1, conv_channels()); }
    std::int64_t state_values() const { return checked_mul(head_length, value_values()); }
    friend bool operator==(const GatedDeltaNet&, const GatedDeltaNet&) = default;
};

// Kimi Delta Attention: a delta net with a decay for each channel, arXiv:2510.26692.
struct KimiDeltaAttention {
    std::int64_t conv_kernel = 0;
    std::int64_t heads = 0;
    std::int64_t head_length = 0;
    bool low_rank_gate = false;  // the output's gate goes through rows as long as a head (Kimi Linear)

    std::int64_t inner_size() const { return checked_mul(heads, head_length); }
    std::int64_t conv_values() const { return checked_mul(3 * (conv_kernel - 1), inner_size()); }  // of Q, K and V
    std::int64_t state_values() const { return checked_mul(head_length, inner_size()); }
    friend bool operator==(const KimiDeltaAttention&, const KimiDeltaAttention&) = default;
};

// Gated short convolution (LFM2): only the last tokens' values are kept.
struct ShortConvolution {
    std::int64_t kernel = 0;
    std::int64_t channels = 0;

    std::int64_t conv_values() const { return checked_mul(kernel - 1, channels); }
    std::int64_t state_values() const { return 0; }
    friend bool operator==(const ShortConvolution&, const ShortConvolution&) = default;
};

// RWKV-7, arXiv:2503.14456: time mixing with a matrix state per head. Its channel mixing is the layer's feed-forward.
struct Rwkv7 {
    std::int64_t embedding_length = 0;
    std::int64_t head_length = 0;
    std::int64_t token_shifts = 0;  // rows of the previous token that are kept
    std::int64_t decay_rank = 0;
    std::int64_t learning_rate_rank = 0;
    std::int64_t value_rank = 0;
    std::int64_t gate_rank = 0;
    bool first = false;  // the first layer's values flow into all others

    std::int64_t heads() const { return embedding_length / head_length; }
    std::int64_t conv_values() const { return checked_mul(token_shifts, embedding_length); }
    std::int64_t state_values() const { return checked_mul(embedding_length, head_length); }
    friend bool operator==(const Rwkv7&, const Rwkv7&) = default;
};

using Recurrent = std::variant<Mamba, Mamba2, GatedDeltaNet, KimiDeltaAttention, ShortConvolution, Rwkv7>;

}  // namespace fitcalc
