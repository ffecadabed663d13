// A Hugging Face config.json as the dimensions that llama.cpp's converter writes into a GGUF file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fitcalc/catalog.hpp"
#include "fitcalc/dimensions.hpp"
#include "fitcalc/result.hpp"

namespace fitcalc {

inline constexpr std::size_t longest_config_MiB = 16;
inline constexpr std::uint64_t longest_config = longest_config_MiB << 20;

struct ImportedConfig {
    std::string name_or_path;  // as the file states it; may be empty
    std::string model_class;   // Hugging Face's class: "Qwen3ForCausalLM"
    std::string architecture;  // llama.cpp's name; not necessarily one that this version computes
    Dimensions dimensions;
    std::optional<HuggingFaceAttention> hf_attention;
    std::vector<std::string> warnings;
};

// Malformed or incomplete text is bad_data naming `origin`, the field and the reason; a model class that is not
// known is unsupported.
Result<ImportedConfig> import_hf_config(std::string_view json_text, std::string_view origin);

}  // namespace fitcalc
