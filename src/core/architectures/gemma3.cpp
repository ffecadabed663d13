// Gemma 3: norms before and after both parts of a layer and on Q and K; sliding windows in all layers but every sixth.
// Source: llama.cpp de3ff81, src/models/gemma3.cpp.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {
namespace {

constexpr std::uint32_t default_period = 6;

Result<ModelSpec> describe(const Dimensions& dims) {
    const TransformerTraits traits{.qk_norm = QkNorm::head, .norms = NormPlacement::around};
    return describe_transformer("gemma3", dims, traits).map([&](ModelSpec model) {
        model.scaled_embeddings = true;
        set_windows(model, dims, dims.sliding_window.value_or(0), default_period);
        return model;
    });
}

}  // namespace

const Architecture gemma3{
    .name = "gemma3",
    .description = "Gemma 3: sliding windows in five layers of six",
    .source = "llama.cpp de3ff81, src/models/gemma3.cpp",
    .describe = describe,
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
