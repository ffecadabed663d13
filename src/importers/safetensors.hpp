// Safetensors files: names, shapes and types of a checkpoint's tensors, without the weights.
// Source: the format's description, https://github.com/huggingface/safetensors (8 bytes of length, a JSON header,
// data that begin at 0 and leave no holes), and the index of sharded checkpoints (weight_map).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "byte_source.hpp"
#include "fitcalc/dimensions.hpp"
#include "fitcalc/quantity.hpp"
#include "fitcalc/result.hpp"

namespace fitcalc {

struct CheckpointTensor {
    std::string name;                 // "model.layers.0.mlp.up_proj.weight"
    std::string type;                 // "BF16"
    std::vector<std::int64_t> shape;  // rows first, as in PyTorch
    Bytes bytes;

    Params params() const;
};

struct Checkpoint {
    std::vector<CheckpointTensor> tensors;
    std::int64_t files = 1;
    Bytes file_size;  // of all files

    Params params() const;
    Bytes bytes() const;
    const CheckpointTensor* find(std::string_view name) const;
};

// One file's header. `origin` names it in messages.
Result<Checkpoint> read_safetensors(const ByteSource& source, std::string_view origin);

// The files that an index (model.safetensors.index.json) names, in order of name.
Result<std::vector<std::string>> read_safetensors_index(std::string_view json, std::string_view origin);

// A .safetensors file, or an index with the files beside it.
Result<Checkpoint> read_checkpoint(const std::string& path, const Files& files);

// A whole file of JSON, up to `limit` bytes.
Result<std::string> read_whole(const ByteSource& source, std::string_view origin, std::uint64_t limit);

}  // namespace fitcalc
