// Checkpoint formats of serving engines: how many bytes each module takes, and which modules keep 16 bits.
//
// A matrix of `inputs` × `outputs` is stored as its weights at so many bits, a scale for every group or block of weights,
// zero points where the scheme has them, and what the loader keeps for each input or for the matrix.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fitcalc/checkpoint.hpp"
#include "fitcalc/quantity.hpp"

namespace fitcalc {

struct WeightScheme {
    std::int64_t bits = 16;          // of each weight
    std::int64_t group_inputs = 0;   // inputs that share a scale; 0: all of them
    std::int64_t group_outputs = 1;  // outputs that share a scale; 0: all of them
    std::int64_t scale_bytes = 0;    // of each scale
    std::int64_t zero_bits = 0;      // of each group's zero point
    std::int64_t input_bytes = 0;    // for each input (GPTQ's group index)
    std::int64_t matrix_bytes = 0;   // for each matrix: scales of the scales, of the activations

    Bytes bytes(std::int64_t inputs, std::int64_t outputs) const;
    friend bool operator==(const WeightScheme&, const WeightScheme&) = default;
};

// Parts of the model that a format treats alike.
enum class ModulePart { attention, linear_attention, network, shared_experts, routed_experts, head, vision };

struct CheckpointFormat {
    std::string_view name;         // "fp8-block"
    std::string_view description;
    std::string_view source;       // of its layout and of what it leaves alone
    // Of each part's matrices; nullptr: 16 bits. In models with experts, and in those without.
    const WeightScheme* (*scheme)(ModulePart part, bool expert_model);
    std::string_view vllm;         // vLLM's --quantization for a 16-bit repository; empty: the repository says
    bool made_at_load = false;     // from the 16-bit repository, while it is loaded

    friend bool operator==(const CheckpointFormat& a, const CheckpointFormat& b) { return a.name == b.name; }
};

std::span<const CheckpointFormat> checkpoint_formats();
// By name or by another name of it, in any case; nullptr: unknown.
const CheckpointFormat* checkpoint_format(std::string_view name);

// What a config.json's quantization_config says beyond the format: modules that keep 16 bits, a group size of its own.
struct FormatDetails {
    std::vector<std::string> ignored;
    std::optional<std::int64_t> group;

    friend bool operator==(const FormatDetails&, const FormatDetails&) = default;
};

// A model's modules in a format. What it points to must outlive it.
class StoredCheckpoint {
public:
    StoredCheckpoint(const CheckpointInventory& inventory, const CheckpointFormat& format, const FormatDetails& details = {});

    const CheckpointFormat& format() const { return *format_; }
    const CheckpointInventory& inventory() const { return *inventory_; }
    // The scheme of one of the inventory's modules; nullopt: 16 bits.
    const std::optional<WeightScheme>& scheme(const CheckpointModule& module) const {
        return schemes_[static_cast<std::size_t>(&module - inventory_->modules.data())];
    }
    // Of a share of a module: inputs and outputs of one matrix, and how many matrices.
    Bytes bytes(const CheckpointModule& module, std::int64_t inputs, std::int64_t outputs, std::int64_t copies) const;
    Bytes bytes(const CheckpointModule& module) const;

    Bytes file() const;         // all modules: the safetensors files, without their headers
    double bits_per_weight() const;

private:
    std::optional<WeightScheme> choose(const CheckpointModule& module, std::optional<std::int64_t> group,
                                       bool expert_model) const;

    const CheckpointInventory* inventory_;
    const CheckpointFormat* format_;
    std::vector<std::optional<WeightScheme>> schemes_;  // of the inventory's modules
};

}  // namespace fitcalc
