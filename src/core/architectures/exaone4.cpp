// EXAONE 4 and 4.5: norms after each part of a layer and on Q and K. The models of 64 layers have sliding windows in three
// layers of four, and rotary positions in those alone; the engine counts a next-token block among the 64, so EXAONE 4.5
// runs without windows.
// Source: llama.cpp de3ff81, src/models/exaone4.cpp.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {
namespace {

// What tells the engine that a model has windows, and the period where the metadata has none.
constexpr std::size_t layers_with_windows = 64;
constexpr std::uint32_t default_window = 4096, default_period = 4;

Result<ModelSpec> describe(const Dimensions& dims) {
    const TransformerTraits traits{.qk_norm = QkNorm::head, .norms = NormPlacement::after};
    return describe_transformer("exaone4", dims, traits).map([&](ModelSpec model) {
        if (model.layers.size() != layers_with_windows) return model;
        set_windows(model, dims, dims.sliding_window.value_or(default_window), default_period);
        rotate_in_windows_only(model);
        return model;
    });
}

}  // namespace

const Architecture exaone4{
    .name = "exaone4",
    .description = "EXAONE 4 and 4.5: norms after each part of a layer, sliding windows in the larger models",
    .source = "llama.cpp de3ff81, src/models/exaone4.cpp",
    .describe = describe,
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
