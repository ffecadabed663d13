// A model from a path: a .gguf file, a .safetensors file, the index or the folder of a checkpoint, a config.json.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "byte_source.hpp"
#include "fitcalc/catalog.hpp"
#include "gguf.hpp"
#include "safetensors.hpp"

namespace fitcalc {

enum class ModelFormat { gguf, safetensors, config };

struct ModelFile {
    ModelFormat format = ModelFormat::gguf;
    std::string path;          // as typed
    std::string name;          // as the file states it, else that of the path
    std::string architecture;  // llama.cpp's; empty where unknown
    Dimensions dimensions;
    std::optional<Error> no_dimensions;  // why architecture and dimensions are unknown (no config.json)
    std::optional<GgufFile> gguf;
    std::optional<Checkpoint> checkpoint;
    std::optional<HuggingFaceAttention> hf_attention;
    std::vector<std::string> warnings;
};

std::string_view name_of(ModelFormat format);

// True for a word that can only be a path: its extension is a model file's, or it begins like one.
bool names_a_file(std::string_view word);

Result<ModelFile> open_model_file(const std::string& path, const Files& files);

// The text of a config.json; `path` names it, and the model where it does not name itself.
Result<ModelFile> model_of_config(std::string_view text, const std::string& path, const Files& files);

}  // namespace fitcalc
