// Quantization schemes: llama.cpp's file types ("ftype") and the type each of them gives every tensor.
// Source: llama.cpp de3ff81, src/llama-quant.cpp (tensor categories, default types, selection, fallbacks).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "fitcalc/ggml_type.hpp"
#include "fitcalc/model_spec.hpp"
#include "fitcalc/tensor.hpp"

namespace fitcalc {

enum class FileType : std::uint8_t {
    f32, f16, bf16, q8_0, q6_k, q5_k_m, q5_k_s, q5_1, q5_0, q4_k_m, q4_k_s, q4_1, q4_0, iq4_nl, iq4_xs,
    q3_k_l, q3_k_m, q3_k_s, iq3_m, iq3_s, iq3_xs, iq3_xxs, q2_k, q2_k_s, iq2_m, iq2_s, iq2_xs, iq2_xxs,
    iq1_m, iq1_s, tq2_0, tq1_0, mxfp4_moe,
};

struct FileTypeTraits {
    FileType type;
    std::string_view name;       // as users type it: "Q4_K_M"
    GgmlType default_type;
    bool needs_imatrix;          // llama-quantize refuses without one
};

std::span<const FileTypeTraits> file_types();  // from the largest to the smallest
const FileTypeTraits& traits(FileType type);
std::optional<FileType> file_type_from_name(std::string_view name);  // any case
// By the number that a GGUF's general.file_type holds (llama_ftype in llama.cpp de3ff81, include/llama.h).
std::optional<FileType> file_type_from_number(std::uint32_t number);
std::uint32_t number_of(FileType type);

// Whether the routed experts were released in MXFP4: that file type keeps them bit by bit, all others make them anew.
bool experts_in_mxfp4(const ModelSpec& model);

// The one that a model is usually run in.
FileType usual_file_type(const ModelSpec& model);

// Chooses the type of every tensor of one model. What does not depend on the file type (categories, order) is
// found once, so that a table of all file types costs little.
class QuantPlanner {
public:
    QuantPlanner(const ModelSpec& model, const TensorInventory& inventory);

    // The type of each tensor, in the order of the inventory that the planner was made for. `importance_matrix`:
    // the quantizer was given one (only its existence matters to the mix).
    std::vector<GgmlType> types(FileType type, bool importance_matrix) const;

private:
    // A tensor that the quantizer may change.
    struct Quantized {
        std::size_t index;      // in the inventory
        std::int32_t layer;     // -1 outside the layers
        std::uint8_t category;  // by name
        Shape shape;
    };

    std::vector<GgmlType> source_types_;  // of all tensors
    std::vector<Quantized> quantized_;    // in the quantizer's order
    bool tied_ = false, falcon_ = false, seventy_b_ = false;
    std::int64_t layers_ = 0, gqa_ = 0, experts_ = 0, value_tensors_ = 0;
};

}  // namespace fitcalc
