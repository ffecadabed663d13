// What a Hugging Face config.json says of the checkpoint itself: how its weights are stored, and the picture tower that is
// part of it.
#pragma once

#include <string>
#include <string_view>

#include "byte_source.hpp"
#include "fitcalc/checkpoint_format.hpp"
#include "fitcalc/result.hpp"

namespace fitcalc {

struct CheckpointConfig {
    const CheckpointFormat* format = nullptr;  // never null after reading
    FormatDetails details;
    Params vision;              // parameters of the picture tower and its projector; 0 without one
    std::string unknown_vision; // the tower's type where its parameters can't be computed; else empty
};

// A quantization_config that names no known format is `unsupported`.
Result<CheckpointConfig> read_checkpoint_config(std::string_view json_text, std::string_view origin);

// The configuration at a path: a config.json, or that of a checkpoint's folder or files. A GGUF file has none: unsupported.
Result<CheckpointConfig> open_checkpoint_config(const std::string& path, const Files& files);

}  // namespace fitcalc
