// How fast a model runs where it lies, and how long that is for a question.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fitcalc/catalog.hpp"
#include "fitcalc/engine_settings.hpp"
#include "fitcalc/speed.hpp"

namespace fitcalc {

// Tokens per second, and between what they lie for most machines.
struct SpeedFigure {
    double rate = 0, low = 0, high = 0;
    bool rough = false;  // no measurement stands behind it
};

// What one machine measured ÷ what is estimated for it.
struct Calibration {
    std::string device;  // id
    double decode = 1;
    std::optional<double> prefill;
};

struct SpeedOptions {
    Tokens depth;                          // in the cache when the rates are stated
    std::optional<Tokens> prompt, answer;  // of the question whose time is asked
    std::optional<Tokens> thinking;        // before the answer
    std::optional<double> ram_bandwidth;   // bytes per second
    std::optional<double> price_per_hour;  // in US dollars, for all devices
    std::optional<double> power_price;     // in US dollars, for a kilowatt-hour
    std::vector<Calibration> calibrations;

    bool asks_time() const { return prompt || answer || thinking; }
};

// One device and what lies on it.
struct SpeedSite {
    const DeviceRecord* record = nullptr;  // null: unknown
    std::int64_t first_layer = 0, last_layer = -1;
    bool output = false;
};

struct SpeedQuestion {
    const Catalog* catalog = nullptr;
    std::string_view engine;
    std::string_view backend;  // of all devices; empty: each device's own
    const EngineSettings* settings = nullptr;
    bool flash_attention = true;                   // as the engine runs this model
    const std::vector<TokenWork>* work = nullptr;  // by layer, the output stage last
    std::vector<SpeedSite> sites;                  // layers on none of them are the CPU's
    std::int64_t cpu_moe_layers = 0;               // the first so many layers' routed experts are the CPU's
    std::optional<Bytes> ram;
    const SpeedOptions* options = nullptr;
};

// Everything on `count` equal devices, the layers shared out evenly.
std::vector<SpeedSite> equal_sites(const DeviceRecord& record, std::int64_t count, std::int64_t layers);

struct SpeedReport {
    SpeedFigure decode;
    TokenTime time;  // of one token
    std::optional<SpeedFigure> prefill;
    Tokens depth;
    Tokens prompt;                   // that `prefill` is stated for
    bool calibrated = false;
    std::vector<std::string> notes;  // what was assumed, why it is rough

    // Of the question asked, in seconds.
    std::optional<double> first_token_seconds, thinking_seconds, answer_seconds;
    std::optional<Tokens> thinking, answer;
};

// nullopt where the model of speed does not hold: an unknown device or engine, a depth or prompt beyond the context.
std::optional<SpeedReport> estimate_speed(const SpeedQuestion& question);

// "weights 71 %, cache 12 %, launch 17 %": where one token's time goes. "host memory": what the CPU runs.
std::string limit_text(const TokenTime& time);

// Host memory's bandwidth where none is given: two channels of DDR5-5600, eight where the memory is a server's.
double assumed_ram_bandwidth(std::optional<Bytes> ram);

}  // namespace fitcalc
