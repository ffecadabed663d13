// A model as the estimate sees it: its layers by kind, never by the model's name.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "fitcalc/dimensions.hpp"
#include "fitcalc/ggml_type.hpp"
#include "fitcalc/quantity.hpp"
#include "fitcalc/recurrent_state.hpp"

namespace fitcalc {

// How the values of a token are brought to one size: by their root mean square, or by mean and deviation.
struct Norm {
    bool layer = false;  // layer norm; RMS norm otherwise
    bool weight = true;
    bool bias = false;

    friend bool operator==(const Norm&, const Norm&) = default;
};

// Norms on Q and K, in the order of the graph.
enum class QkNorm {
    none,
    head,        // over each head, one set of weights (Qwen3)
    whole,       // over all heads together (OLMo 2)
    layer,       // layer norm over each head, weights for each (Command R+)
    after_rope,  // over each head after the rotation, no weights (Llama 4)
};

// Q, K and V made from compressed rows, though the cache holds the heads' own (MiniCPM 3, DeepSeek V2 files from
// before April 2025).
struct CompressedProjections {
    std::int64_t q_lora_rank = 0;  // 0: the query is not compressed
    std::int64_t kv_lora_rank = 0;
    std::int64_t rope_length = 0;  // rotary part of each key, shared by the heads

    friend bool operator==(const CompressedProjections&, const CompressedProjections&) = default;
};

// K and V rows of every token, or of a window's tokens: multi-head, grouped-query and multi-query attention.
struct FullAttention {
    std::int64_t heads = 0;
    std::int64_t kv_heads = 0;
    std::int64_t key_length = 0;    // per head
    std::int64_t value_length = 0;  // per head
    QkNorm qk_norm = QkNorm::none;
    bool bias = false;              // biases on Q, K and V (Qwen2)
    bool output_bias = false;       // bias on the output projection
    bool fused = false;             // one matrix for Q, K and V (Phi 3)
    std::int64_t window = 0;        // tokens that a sliding-window layer looks back; 0: all
    bool chunked = false;           // the window starts anew every `window` tokens instead of sliding (Llama 4)
    bool own_cache = true;          // otherwise an earlier layer's K and V are read (Gemma 3n, Gemma 4)
    bool value_is_key = false;      // no V matrix: K before its norm serves (Gemma 4)
    bool value_norm = false;        // RMS norm on V, without weights (Gemma 3n, Gemma 4)
    bool sinks = false;             // a score per head that takes attention without a token (gpt-oss)
    bool rope = true;               // positions are rotated in; not in Command R7B's full layers or in some hybrids
    bool position_scale = false;    // Q is scaled by an input that depends on the position (Llama 4)
    bool output_gate = false;       // the query matrix also gives a gate for each output value (Qwen3-Next)
    bool head_gate = false;         // a matrix gives a gate for each head's output (Step 3.5)
    bool gate_matrix = false;       // a matrix gives a gate for each output value (AFMoE)
    std::optional<CompressedProjections> compressed{};

    std::int64_t query_values() const { return checked_mul(heads, key_length); }
    std::int64_t key_values() const { return checked_mul(kv_heads, key_length); }
    std::int64_t value_values() const { return checked_mul(kv_heads, value_length); }
    std::int64_t output_values() const { return checked_mul(heads, value_length); }
    friend bool operator==(const FullAttention&, const FullAttention&) = default;
};

// Sparse attention's lightning indexer (DeepSeek-V3.2): scores every token by a small key of its own and lets
// attention see the best ones only.
struct Indexer {
    std::int64_t heads = 0;
    std::int64_t key_length = 0;
    std::int64_t top_k = 0;

    friend bool operator==(const Indexer&, const Indexer&) = default;
};

// Multi-head latent attention (DeepSeek-V2): one compressed row per token serves as K and V of all heads.
struct LatentAttention {
    std::int64_t heads = 0;
    std::int64_t q_lora_rank = 0;    // 0: the query is not compressed (DeepSeek-V2-Lite)
    std::int64_t kv_lora_rank = 0;
    std::int64_t rope_length = 0;    // rotary part of each key, shared by the heads
    std::int64_t nope_length = 0;    // non-rotary part of each head's key
    std::int64_t value_length = 0;   // per head, after decompression
    bool output_gate = false;        // a matrix gives a gate for each output value (Kimi K3)
    bool rope = true;                // false: the rotary part is there but not rotated (Kimi K3)
    std::optional<Indexer> indexer{};

    std::int64_t cached_values() const { return checked_add(kv_lora_rank, rope_length); }
    friend bool operator==(const LatentAttention&, const LatentAttention&) = default;
};

// Attention over a window of tokens and, beside it, over rows that stand for `ratio` tokens each (DeepSeek-V4). One row
// serves as K and V of all heads. Every sequence has a cache of its own, even a unified one.
struct CompressedRowsAttention {
    std::int64_t heads = 0;
    std::int64_t head_length = 0;
    std::int64_t rope_length = 0;    // rotated values at the end of each head
    std::int64_t q_lora_rank = 0;
    std::int64_t window = 0;         // tokens
    std::int64_t ratio = 0;          // tokens per compressed row; 0: window only
    std::int64_t output_groups = 0;  // of heads, each with a low-rank output projection of its own
    std::int64_t output_rank = 0;    // of each
    std::optional<Indexer> indexer{};  // picks the compressed rows to attend to; these overlap by half

    std::int64_t query_values() const { return checked_mul(heads, head_length); }
    // Values of what a compressed row of so many is made from, for one token.
    std::int64_t source_values(std::int64_t row) const { return indexer ? checked_mul(2, row) : row; }
    // Tokens whose sources are kept from batch to batch.
    std::int64_t kept_tokens() const { return indexer ? checked_mul(2, ratio) : ratio; }
    friend bool operator==(const CompressedRowsAttention&, const CompressedRowsAttention&) = default;
};

// A layer without attention. Metadata may state head counts for all layers alike, and the quantizer's rules look at
// those of the first one whether it attends or not.
struct NoAttention {
    std::int64_t heads = 0;
    std::int64_t kv_heads = 0;
    bool linear = false;  // one square matrix in its place (Nemotron 51B)

    friend bool operator==(const NoAttention&, const NoAttention&) = default;
};

using Attention = std::variant<FullAttention, LatentAttention, CompressedRowsAttention, NoAttention>;

struct DenseFeedForward {
    std::int64_t length = 0;
    bool gated = true;    // gate, up and down matrices; up and down only where not
    bool fused = false;   // gate and up are one matrix (Phi 3)
    bool bias = false;    // biases on all of them
    bool sparse = false;  // activations below a cutoff of each token's own are zeroed (Gemma 3n)
    bool squared = false; // the activation's square is taken in a step of its own (Nemotron H)
    bool bounded = false; // gate and up pass through a tanh each (Kimi K3's SiTU)

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
    bool gated = true;               // of the routed and shared experts: up and down matrices only where not
    bool squared = false;            // the activation's square is taken in a step of its own (Nemotron 3)
    bool shared_dense = false;       // the shared expert goes by the names of a dense network (Grok 2)
    bool shared_gate = false;        // a gate decides how much of the shared expert goes in (Qwen2 MoE)
    bool weights_softmax = false;    // softmax over the chosen experts only (gpt-oss)
    bool weights_first = false;      // applied to the experts' input instead of their result (Llama 4)
    bool bias = false;               // biases on the router and on all three matrices (gpt-oss)
    bool merged_gate_up = false;     // gate and up are one matrix (Gemma 4)
    bool expert_scales = false;      // a factor for each expert's result (Gemma 4)
    bool own_norms = false;          // router, routed and shared experts: each with norms of its own (Gemma 4)
    GgmlType source_type = GgmlType::f16;  // of the routed experts' matrices in an unquantized file
    bool bounded = false;            // as in DenseFeedForward; the shared experts, too
    std::int64_t latent_length = 0;  // experts work on rows of this length, projected from the layer's (Kimi K3)
    bool latent_norm = false;        // which are normalised (Kimi K3)
    bool by_token = false;           // a table gives each token's experts (DeepSeek-V4's first layers)
    bool routed_by_input = false;    // the router reads the layer's input, before attention and norms (SmallThinker)

    friend bool operator==(const ExpertFeedForward&, const ExpertFeedForward&) = default;
};

struct NoFeedForward {
    friend bool operator==(const NoFeedForward&, const NoFeedForward&) = default;
};

using FeedForward = std::variant<DenseFeedForward, ExpertFeedForward, NoFeedForward>;

// How a layer adds its input x, its attention a and its feed-forward network f, in the order of the graph: which
// of them gives up its memory to the sum depends on it.
enum class LayerSum {
    network_attended,     // f + (a + x), f reading a + x through a norm
    attended_network,     // (a + x) + f, likewise (Phi 3)
    network_x_attended,   // f + (x + a), likewise (OpenELM)
    network_beside,       // f + (a + x), f reading what attention reads (StableLM 2 12B)
    network_attention_x,  // (f + a) + x, likewise (Falcon, PLaMo)
    attention_network_x,  // (a + f) + x, likewise (Phi 2)
    network_x_attention,  // (f + x) + a, f reading x through a norm of its own (GPT-NeoX)
    experts_on_input,     // e + (f + (a + x)), f reading a + x, the routed experts e reading x, each through a norm
                          // of its own (Arctic)
};

// Where a layer's attention and feed-forward network have their norms.
enum class NormPlacement {
    before,
    around,  // before and after, inside the residual branch (Gemma 2)
    after,   // OLMo 2
};

struct LayerSpec {
    Attention attention;
    FeedForward feed_forward;
    bool next_token = false;  // a next-token (MTP) block: in the file, but the engine skips it when it loads
    NormPlacement norms = NormPlacement::before;
    bool parallel = false;    // the feed-forward network reads what attention reads: one norm for both (Command R)
    LayerSum sum = LayerSum::network_attended;
    bool deepstack = false;   // adds a part of the input of its own, which pictures fill (Qwen3-VL)
    bool attention_norm_2 = false;  // attention reads x through a norm of its own, the network through the first one
    std::optional<Recurrent> recurrent{};  // instead of attention, or beside it

    friend bool operator==(const LayerSpec&, const LayerSpec&) = default;
};

struct ModelSpec {
    std::string architecture;  // llama.cpp's name: "deepseek2"
    std::int64_t embedding_length = 0;
    std::int64_t vocab_size = 0;
    Tokens context_length;     // the maximum it was trained for
    bool tied_embeddings = false;     // the file has no output matrix
    bool tied_output_stored = false;  // it has one, though the checkpoint calls it tied
    bool rope_factors = false; // a rope_freqs tensor
    bool rope_long_factors = false;  // rope_factors_long and rope_factors_short tensors
    bool token_norm = false;         // normalised before the first layer (BLOOM)
    bool position_embeddings = false;  // a learned vector for each position is added to them (GPT-2)
    bool output_bias = false;        // bias of the output matrix
    std::int64_t position_values = 1;  // numbers that say where a token is; four with images (Qwen2-VL)
    bool nextn_embeddings = false;   // next-token blocks hold an embedding and an output matrix
    Norm norm;                 // before attention, before the feed-forward network and before the output matrix
    std::int64_t rope_length = 0;  // rotary values per head
    bool scaled_embeddings = false;  // multiplied by a constant before the first layer (Gemma, Granite)
    std::int64_t per_layer_length = 0;  // each layer adds a token embedding of its own, of so many values (Gemma 3n)
    std::int64_t streams = 1;      // residual streams; the layers work on one and predict the others (Gemma 3n's AltUp)
    std::int64_t laurel_rank = 0;  // of the learned residual beside attention (Gemma 3n's LAuReL)
    std::int64_t residual_block = 0; // the residual stream begins anew every so many layers, and what was there before
                                     // is mixed in by learned scores (Kimi K3); 0: never
    std::int64_t hyper_connections = 0;  // residual streams, mixed by learned weights before and behind each block
                                         // (DeepSeek-V4)
    bool late_rows = false;          // tokens without logits are dropped after the output norm, not in the last layer
    bool late_rows_before_norm = false;  // or between the two (Step 3.5)
    bool scaled_states = false;      // multiplied by a constant before the output matrix (MiniCPM 3)
    bool no_flash_attention = false; // the engine turns it off whatever is asked for (Grok)
    bool residual_first = false;     // the residual is the first operand of its sum
    std::vector<LayerSpec> layers;  // one per block, next-token blocks included

    // What the quantizer's rules ask for (llama.cpp's hparams of layer 0).
    std::int64_t heads() const;
    std::int64_t kv_heads() const;
    std::int64_t experts() const;  // 0 for dense models
    std::int64_t deepstack_layers() const;
    // Values that the widest layer keeps as V for one token (n_embd_v_gqa_max).
    std::int64_t widest_values() const;
};

// The layers that have routed experts, as --n-cpu-moe counts: from the first of all layers on. The engine loads none of
// next-token blocks.
struct RoutedLayers {
    Layers first;  // so many layers come before them
    Layers end;    // so many layers hold them all; 0: the model has none

    // What --n-cpu-moe comes to: no layer where those that it counts have none, and nothing in a model without any.
    std::optional<Layers> moved(std::optional<Layers> counted) const {
        if (!counted || end == Layers{}) return std::nullopt;
        return *counted > first ? *counted : Layers{};
    }
};
RoutedLayers routed_layers(const ModelSpec& model);

}  // namespace fitcalc
