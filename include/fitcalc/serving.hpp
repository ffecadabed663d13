// Serving engines (vLLM, SGLang): a model divided among GPUs, and the pool of cache that what is left of them makes.
//
// vLLM 0.27 (2026-08): total × gpu_memory_utilization = weights + what torch doesn't count + the peak of a profiled
// batch + CUDA graphs + cache. SGLang 0.5 (2026-07): total × mem_fraction_static = weights + cache; the rest is for
// everything else.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fitcalc/checkpoint_format.hpp"
#include "fitcalc/engine.hpp"
#include "fitcalc/fit.hpp"
#include "fitcalc/model_spec.hpp"
#include "fitcalc/quantity.hpp"
#include "fitcalc/result.hpp"

namespace fitcalc {

// How the GPUs of a deployment share the work.
struct Parallelism {
    std::int64_t tensor = 1;    // GPUs that share each layer
    std::int64_t pipeline = 1;  // stages of layers, each on `tensor` GPUs
    std::int64_t replicas = 1;  // copies of all of it, each with a cache of its own
    bool experts = false;       // whole experts on each GPU instead of a share of each

    std::int64_t gpus_of_replica() const { return checked_mul(tensor, pipeline); }
    std::int64_t gpus() const { return checked_mul(gpus_of_replica(), replicas); }
    friend bool operator==(const Parallelism&, const Parallelism&) = default;
};

// Whether the engine can divide the model so: heads, experts, vocabulary, and blocks of quantized matrices. The error is
// `unsupported` and says which doesn't divide.
Result<void> check_parallelism(const ModelSpec& model, const StoredCheckpoint& stored, const Parallelism& parallelism);

// Layers of each pipeline stage, as vLLM cuts them: evenly, the remainder from the last but one stage down
// (vLLM 0.27, vllm/distributed/utils.py, get_pp_indices).
std::vector<std::int64_t> stage_layers(std::int64_t layers, std::int64_t stages);

// Bytes on each GPU of every pipeline stage: its share of the modules that the engine loads, and what it makes of them
// (rotary tables, MLA's projections of a quantized checkpoint in 16 bits).
std::vector<Bytes> weights_per_gpu(const ModelSpec& model, const StoredCheckpoint& stored, const Parallelism& parallelism);

// Type of the cached values.
enum class CacheType { automatic, half, fp8 };

// How sequences are kept in the cache.
struct CacheRules {
    CacheType type = CacheType::automatic;
    std::int64_t block = 16;          // tokens of a block in plain attention
    std::int64_t latent_block = 64;   // in latent attention (FlashMLA's)
    bool paged = true;                // one pool of pages for all kinds of layers (vLLM). Otherwise tokens of all layers
                                      // alike, windows whole, and states beside them (SGLang)
    bool prefix_caching_states = false;  // a second state for each sequence, at the last block's end
};

// Layers whose sequences take blocks alike.
struct PagedGroup {
    enum class Kind { whole, window, chunk, state };
    Kind kind = Kind::whole;
    std::int64_t block = 16;   // tokens of a block
    std::int64_t window = 0;
    std::int64_t states = 1;   // Kind::state: pages of a sequence
    std::vector<std::size_t> layers;  // indices of the model's layers

    std::int64_t blocks(Tokens length, Tokens batch) const;  // of one sequence
};

// Source: vLLM 0.27, vllm/v1/core/kv_cache_utils.py (grouping, page sizes), vllm/v1/kv_cache_interface.py (pages, blocks of
// a sequence), vllm/platforms/interface.py (blocks of hybrid models).
class CacheLayout {
public:
    // unsupported: attention whose cache isn't modelled for these engines.
    static Result<CacheLayout> create(const ModelSpec& model, const Parallelism& parallelism, const CacheRules& rules);

    const std::vector<PagedGroup>& groups() const { return groups_; }
    // What one more block costs a GPU of the stage.
    Bytes block_bytes(std::size_t stage) const { return block_bytes_[stage]; }
    std::size_t stages() const { return block_bytes_.size(); }
    // Of the whole pool, from what is left on each stage's GPUs. Without cached layers: 0.
    std::int64_t blocks(const std::vector<Bytes>& available) const;
    // That one sequence takes. `batch`: tokens that may be added at once.
    std::int64_t blocks_of_sequence(Tokens length, Tokens batch) const;
    // Longest sequence that so many blocks hold, up to `most`; 0: none.
    Tokens longest(std::int64_t blocks, Tokens batch, Tokens most) const;
    // Bytes that a token adds on a GPU of the stage, over the layers that keep all of them.
    Bytes token_bytes(std::size_t stage) const { return token_bytes_[stage]; }
    // Recurrent states of one sequence beside the pool's pages; 0 where they are pages.
    Bytes state_bytes(std::size_t stage) const { return state_bytes_[stage]; }

private:
    std::vector<PagedGroup> groups_;
    std::vector<Bytes> block_bytes_;  // by stage
    std::vector<Bytes> token_bytes_;  // by stage
    std::vector<Bytes> state_bytes_;  // by stage
};

// Coefficients of an engine, fitted to published logs (scripts/fit-serving). See ServingEngine::coefficients.
struct ServingCoefficients {
    double logits_copies = 0;     // 32-bit copies of the logits of all sequences that sampling holds at once
    double hidden_copies = 0;     // 16-bit copies of a token's hidden state that a layer holds at once
    double vision_copies = 0;     // of the tower's weights, for the largest picture
    double activation_spread = 1; // measured ÷ predicted reaches this, and its inverse
    // On each GPU of a deployment on
    MeasuredBytes non_torch_single;   // one GPU
    MeasuredBytes non_torch_several;  // several
    MeasuredBytes non_torch_large;    // several of 70 GiB and more
    MeasuredBytes graphs;             // any number: CUDA graphs
};

struct ServingSettings {
    Tokens context;                 // longest sequence that is accepted (max_model_len)
    std::int64_t sequences = 256;   // most that run at once (max_num_seqs)
    Tokens batch{2048};             // max_num_batched_tokens
    double utilization = 0.92;      // gpu_memory_utilization or mem_fraction_static
    CacheRules cache;
    Parallelism parallelism;
};

// Peak of the activations of the largest batch, on one GPU.
Bytes activation_peak(const ModelSpec& model, const CheckpointInventory& inventory, const ServingSettings& settings,
                      const ServingCoefficients& coefficients);

enum class BudgetRule {
    profiled,  // vLLM: a share of the card, less weights and all that a profiled batch takes
    fraction,  // SGLang: a share of what was free, less weights
};

// A deployment on equal GPUs; figures of one GPU of the fullest stage.
struct ServingPlan {
    Bytes total;       // what the driver gives
    Bytes budget;      // total × utilization
    Bytes weights;
    Bytes activation;
    Bytes non_torch;
    Bytes graphs;
    Bytes pool;        // what is left for the cache; negative when the weights alone are too much
    Bytes pool_low, pool_high;  // at the ends of what was measured
    std::int64_t pool_blocks = 0;
    Tokens pool_tokens;       // that the engine would report
    double concurrency = 0;   // sequences of `context` tokens at once
    double concurrency_low = 0, concurrency_high = 0;  // at the ends of what was measured
    Tokens longest;           // largest max_model_len that starts, up to the model's own
    Bytes cache_of_sequence;  // of one of `context` tokens
    bool starts = false;      // one sequence of `context` tokens fits
};

// `weights`: of each stage's GPUs, as weights_per_gpu() gives them.
Result<ServingPlan> plan_serving(const ModelSpec& model, const CheckpointInventory& inventory, const std::vector<Bytes>& weights,
                                 const ServingSettings& settings, const ServingCoefficients& coefficients, BudgetRule rule,
                                 Bytes total);

// SGLang's own default of mem_fraction_static, and of chunked_prefill_size
// (SGLang 0.5, python/sglang/srt/server_args.py, _handle_gpu_memory_settings).
struct FractionDefaults {
    double fraction = 0;           // mem_fraction_static
    Tokens chunk;                  // chunked_prefill_size
    std::int64_t graph_batch = 0;  // cuda_graph_max_bs: the most sequences of a batch that graphs are captured for
};
FractionDefaults fraction_defaults(Bytes total, const Parallelism& parallelism);

}  // namespace fitcalc
