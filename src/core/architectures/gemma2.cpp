// Gemma 2: norms before and after both parts of a layer, every second layer with a sliding window.
// Source: llama.cpp de3ff81, src/models/gemma2.cpp.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {
namespace {

constexpr std::uint32_t default_window = 4096;
constexpr std::uint32_t default_period = 2;

Result<ModelSpec> describe(const Dimensions& dims) {
    return describe_transformer("gemma2", dims, {.norms = NormPlacement::around}).map([&](ModelSpec model) {
        model.scaled_embeddings = true;
        model.tied_embeddings = true;
        set_windows(model, dims, dims.sliding_window.value_or(default_window), default_period);
        return model;
    });
}

}  // namespace

const Architecture gemma2{
    .name = "gemma2",
    .description = "Gemma 2: sliding windows in every second layer",
    .source = "llama.cpp de3ff81, src/models/gemma2.cpp",
    .describe = describe,
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
