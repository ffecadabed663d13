// The language part of Qwen 3 VL: Qwen 3 with positions of four numbers, whose first layers each add a part of the input
// that pictures fill.
// Source: llama.cpp de3ff81, src/models/qwen3vl.cpp, qwen3vlmoe.cpp.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {
namespace {

Result<ModelSpec> describe(std::string_view architecture, const Dimensions& dims) {
    const TransformerTraits traits{.qk_norm = QkNorm::head, .position_values = 4};
    return describe_transformer(architecture, dims, traits).map([&](ModelSpec model) {
        const std::size_t deep = dims.deepstack_layers.value_or(0);
        for (std::size_t i = 0; i < model.layers.size() && i < deep; ++i) model.layers[i].deepstack = true;
        return model;
    });
}

}  // namespace

const Architecture qwen3vl{
    .name = "qwen3vl",
    .description = "Qwen 3 VL without its vision tower",
    .source = "llama.cpp de3ff81, src/models/qwen3vl.cpp",
    .describe = [](const Dimensions& dims) { return describe("qwen3vl", dims); },
    .tensors = transformer_tensors,
};

const Architecture qwen3vlmoe{
    .name = "qwen3vlmoe",
    .description = "Qwen 3 VL with experts and Qwen 3 Omni, without their vision and audio towers",
    .source = "llama.cpp de3ff81, src/models/qwen3vlmoe.cpp",
    .describe = [](const Dimensions& dims) { return describe("qwen3vlmoe", dims); },
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
