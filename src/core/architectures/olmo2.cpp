// OLMo 2 and 3: norms after attention and feed-forward network instead of before, and over all heads of Q and K
// together. OLMo 3 has sliding windows in three layers of four.
// Source: llama.cpp de3ff81, src/models/olmo2.cpp.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {
namespace {

constexpr std::uint32_t default_period = 4;

Result<ModelSpec> describe(const Dimensions& dims) {
    const TransformerTraits traits{.qk_norm = QkNorm::whole, .norms = NormPlacement::after};
    return describe_transformer("olmo2", dims, traits).map([&](ModelSpec model) {
        set_windows(model, dims, dims.sliding_window.value_or(0), default_period);
        return model;
    });
}

}  // namespace

const Architecture olmo2{
    .name = "olmo2",
    .description = "OLMo 2 and 3: norms after each part of a layer",
    .source = "llama.cpp de3ff81, src/models/olmo2.cpp",
    .describe = describe,
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
