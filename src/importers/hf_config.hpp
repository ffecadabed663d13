// A Hugging Face config.json as the dimensions that llama.cpp's converter writes into a GGUF file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fitcalc/catalog.hpp"
#include "fitcalc/dimensions.hpp"
#include "fitcalc/result.hpp"

namespace fitcalc {

// `quantization_config`: how the weights of the Hugging Face repository are stored. The converter undoes it.
struct StoredQuantization {
    std::string method;  // "fp8", "awq", "compressed-tensors"
    std::optional<double> bits;
    std::optional<std::int64_t> group;
};

struct ImportedConfig {
    std::string name_or_path;  // as the file states it; may be empty
    std::string model_class;   // Hugging Face's class: "Qwen3ForCausalLM"
    std::string model_type;
    std::string architecture;  // llama.cpp's name; not necessarily one that this version computes
    Dimensions dimensions;
    std::optional<HuggingFaceAttention> hf_attention;
    std::optional<StoredQuantization> quantization;
    std::vector<std::string> warnings;
};

// Malformed or incomplete text is bad_data naming `origin`, the field and the reason; a model class that is not
// known is unsupported.
Result<ImportedConfig> import_hf_config(std::string_view json_text, std::string_view origin);

}  // namespace fitcalc
