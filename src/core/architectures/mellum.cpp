// Mellum 2: experts in every layer, RMS norms on Q and K, sliding windows in three layers of four.
// Source: llama.cpp de3ff81, src/models/mellum.cpp.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {
namespace {

Result<ModelSpec> describe(const Dimensions& dims) {
    DimensionReader read{dims};
    const std::int64_t window = dims.sliding_window.value_or(0);
    if (window > 0 && !dims.sliding_window_pattern.known())
        read.reject("dimension 'attention.sliding_window_pattern' is missing");
    if (read.failed()) return tl::unexpected(read.error());
    return describe_transformer("mellum", dims, {.qk_norm = QkNorm::head}).map([&](ModelSpec model) {
        set_windows(model, dims, window, dims.sliding_window_pattern.at(0));
        return model;
    });
}

}  // namespace

const Architecture mellum{
    .name = "mellum",
    .description = "Mellum 2: experts in every layer, sliding windows in three layers of four",
    .source = "llama.cpp de3ff81, src/models/mellum.cpp",
    .describe = describe,
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
