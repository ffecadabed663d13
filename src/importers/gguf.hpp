// GGUF files: what the header says, without the weights.
// Source: llama.cpp de3ff81, ggml/src/gguf.cpp (format, limits, what is refused), src/llama-model-loader.cpp (splits)
// and src/llama-arch.cpp (keys).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "byte_source.hpp"
#include "fitcalc/dimensions.hpp"
#include "fitcalc/quantity.hpp"
#include "fitcalc/result.hpp"
#include "fitcalc/tensor.hpp"

namespace fitcalc {

// A model in several files. Only the first holds the metadata.
struct GgufSplit {
    std::int64_t number = 0;   // from 0
    std::int64_t count = 0;    // 0: not split
    std::int64_t tensors = 0;  // in all parts
};

struct GgufFile {
    std::uint32_t version = 0;
    std::int64_t keys = 0;
    std::string architecture;     // general.architecture; empty where the file has none
    std::string type;             // general.type: "model", "adapter", "mmproj"; empty: model
    std::string name, basename, size_label, organization, license, quantized_by;
    std::string tokenizer;        // tokenizer.ggml.model
    std::optional<std::int64_t> vocabulary;  // entries of the tokenizer
    std::optional<std::uint32_t> file_type;  // general.file_type, llama.cpp's number
    std::int64_t alignment = 32;
    GgufSplit split;
    Dimensions dimensions;
    TensorInventory inventory;    // with the file's types
    Bytes metadata;               // the key-value section, mostly the tokenizer
    Bytes header;                 // all before the tensors' data
    Bytes file_size;              // of all parts
};

// One file. `origin` names it in messages.
Result<GgufFile> read_gguf(const ByteSource& source, std::string_view origin);

// The model that this path stands for: a file, or the first of a split set with its siblings.
Result<GgufFile> read_gguf_set(const std::string& path, const Files& files);

}  // namespace fitcalc
