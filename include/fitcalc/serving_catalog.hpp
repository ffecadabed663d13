// What data/serving.json holds, compiled in: serving engines with their measured coefficients, and how models are
// published for them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "fitcalc/serving.hpp"

namespace fitcalc {

// The engine's own settings for cards up to so much memory.
struct ServingDefaults {
    std::int64_t memory_below_bytes = 0;  // 0: all larger cards
    std::int64_t batch = 0;               // max_num_batched_tokens
    std::int64_t sequences = 0;           // max_num_seqs
    std::string_view except;              // a word of a device's id that takes the first defaults all the same
};

struct ServingEngine {
    std::string_view name;  // as in data/engines.json
    BudgetRule rule = BudgetRule::profiled;
    double utilization = 0;  // 0: see fraction_defaults()
    std::int64_t block = 16;
    std::int64_t latent_block = 64;
    bool paged = true;
    std::int64_t gpus_in_node = 8;
    std::span<const ServingDefaults> defaults;
    std::span<const std::string_view> formats;         // names of checkpoint_formats()
    std::span<const std::string_view> vendors;         // of devices
    double least_compute_capability = 0;               // of NVIDIA devices
    std::span<const std::string_view> gfx_targets;     // of AMD devices
    std::span<const std::string_view> architectures;   // llama.cpp's names
    ServingCoefficients coefficients;
    std::string_view source;

    bool serves(std::string_view architecture) const;
    bool reads(const CheckpointFormat& format) const;
};

// How a model's own repository stores it.
struct PublishedCheckpoint {
    std::string_view model;   // the catalog's id
    std::string_view format;  // empty: 16 bits
    std::int64_t vision_parameters = 0;  // of a picture tower and its projector; 0: none
    std::string_view source;
};

std::span<const ServingEngine> serving_engines();
std::span<const PublishedCheckpoint> published_checkpoints();
const ServingEngine* serving_engine(std::string_view name);              // nullptr: no serving engine
const PublishedCheckpoint* published_checkpoint(std::string_view model);  // nullptr: nothing is known but 16 bits

}  // namespace fitcalc
