// How fast a model decodes and reads a prompt: one sequence, on one device or several.
//
// Decoding is reading: the weights of one token and the cache at the memory's speed, and a floor of kernel launches
// that small models don't get below. Reading a prompt is multiplying: at the matrix units' speed, with the weights read
// once for each physical batch, and attention that grows with the depth. docs/speed.md states the formulas and the
// measured error; the coefficients are data (data/speed.json), fitted to published measurements by scripts/fit-speed.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "fitcalc/token_work.hpp"

namespace fitcalc {

// Devices of one architecture. Shares are of the vendor's peak.
struct SpeedFamily {
    std::string_view name, vendor;
    // Which devices belong to it: by the start of the compute capability or GFX target, or a part of the name.
    std::span<const std::string_view> compute_capability, gfx_target, names;
    // Devices whose stated matrix rate is with FP32 accumulation, at half speed: parts of their names.
    std::span<const std::string_view> half_rate;
    double rate = 1;  // integer or matrix operations for each of the FP16 operations that vendors state
    std::optional<double> operations_per_byte;  // matrix operations for each byte of bandwidth, where none are stated
    double bandwidth = 0;  // share of the memory's bandwidth that the weights' kernels reach
    double launch = 0;     // seconds for one plain layer, whatever its size
    double compute = 0;    // share of the matrix rate that prompts reach
    std::int64_t rows = 0; // measurements of decoding behind them; 0: carried over, as `source` says
    std::string_view source;
};

// A compute backend: its kernels, and what it changes on devices that have another one of their own.
struct SpeedBackend {
    std::string_view name;
    double bandwidth = 1, launch = 1, compute = 1;  // factors on the family's
    double cache = 0;                // share of the bandwidth at which attention reads the cache
    double cache_without_flash = 0;  // factor on it where flash attention is off
    double attention = 0;            // share of the matrix rate that attention over many tokens reaches
    double attention_without_flash = 0;  // likewise
    double experts = 0;              // factor on the bandwidth for routed experts
    double expert_launch = 0;        // launches of a layer with experts, in plain layers, on top of one
    double recurrent_launch = 0;     // of a recurrent layer, likewise
    double hop = 0;                  // seconds from one device to the next
    double pipeline = 0;             // share of the ideal pipeline that several devices reach over a prompt
    double linked = 0, unlinked = 0; // seconds for one sum over two devices, with and without a link of their own
    double ramp = 0;                 // tokens of a batch at which half the matrix rate is reached
    double expert_ramp = 0;          // tokens for one routed expert, likewise
    double reread = 0;               // share of the bandwidth at which a physical batch reads the weights
    double batch_launch = 0;         // launches of a physical batch, relative to one token's
    ByKernel decode{};               // by type of weights: factor on the bandwidth share
    ByKernel prefill{};              // factor on the compute share
};

// Another engine, or an older build: factors.
struct SpeedEngine {
    std::string_view name;
    double bandwidth = 1, launch = 1, compute = 1, experts = 1;
};

// How far measurements lie from the estimate, as factors on it: most lie between.
struct SpeedSpread {
    double low = 1, high = 1;
};

struct SpeedTable {
    std::string_view name, date, source;
    SpeedSpread decode, prefill;              // families with measurements
    SpeedSpread rough_decode, rough_prefill;  // families without, parts on the CPU
};

struct SpeedDevice {
    double bandwidth = 0;              // bytes per second, the vendor's figure
    std::optional<double> operations;  // per second, of the matrix units; unknown: no prompt speed
    bool linked = false;               // a link of its own to the other devices
    bool host = false;                 // the CPU, with host memory
    const SpeedFamily* family = nullptr;
    const SpeedBackend* backend = nullptr;
    const SpeedEngine* engine = nullptr;
};

// What lies on one device.
struct SpeedPart {
    SpeedDevice device;
    TokenWork work;
};

enum class Sharing {
    layers,   // each device holds some layers: a token passes one after the other
    tensors,  // each device holds a part of every layer; `parts` are then equal
};

struct SpeedSettings {
    bool flash_attention = true;
    double ubatch = 512;
    Sharing sharing = Sharing::layers;
};

// Seconds for one token, by what they go to. `host`: all that the CPU runs.
struct TokenTime {
    double weights = 0, cache = 0, launch = 0, transfer = 0, host = 0;

    double total() const { return weights + cache + launch + transfer + host; }
};

// Seconds for a prompt. Multiplying and reading weights go on at the same time.
struct PromptTime {
    double compute = 0, weights = 0, attention = 0, launch = 0, transfer = 0;

    double total() const;
};

// One token with `depth` tokens in the cache.
TokenTime token_time(std::span<const SpeedPart> parts, const SpeedSettings& settings, double depth);

// A prompt of `tokens` behind `depth` others, in seconds; nullopt where a device's matrix rate is unknown.
std::optional<double> prompt_seconds(std::span<const SpeedPart> parts, const SpeedSettings& settings, double tokens,
                                     double depth);
PromptTime prompt_time(const SpeedPart& part, const SpeedSettings& settings, double tokens, double depth);

// The first family that the device belongs to; nullptr: unknown.
const SpeedFamily* find_family(std::span<const SpeedFamily* const> families, std::string_view vendor, std::string_view name,
                               std::string_view compute_capability, std::string_view gfx_target);

// Operations per second of the matrix units that prompts run on, from what the catalog states of the device.
std::optional<double> matrix_operations(const SpeedFamily& family, std::string_view device_name,
                                        std::optional<double> fp16_dense_tflops, double bandwidth);

}  // namespace fitcalc
