// SmallThinker: experts in every layer, chosen by what the layer reads before its attention. With sliding windows, every
// fourth layer from the first on attends to all tokens and knows no positions; without, all layers know them.
// Source: llama.cpp de3ff81, src/models/smallthinker.cpp (which sets the window itself).
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {
namespace {

constexpr std::uint32_t period = 4;
constexpr std::int64_t window = 4096;

Result<ModelSpec> describe(const Dimensions& dims) {
    return describe_transformer("smallthinker", dims, {}).map([&](ModelSpec model) {
        const bool windows = dims.sliding_window.value_or(0) > 0;
        if (windows) set_windows(model, dims, window, period, FullLayer::first);
        for (std::size_t i = 0; i < model.layers.size(); ++i) {
            std::get<FullAttention>(model.layers[i].attention).rope = !windows || i % period != 0;
            if (auto* experts = std::get_if<ExpertFeedForward>(&model.layers[i].feed_forward))
                experts->routed_by_input = true;
        }
        return model;
    });
}

}  // namespace

const Architecture smallthinker{
    .name = "smallthinker",
    .description = "SmallThinker: experts chosen before attention, sliding windows in three layers of four",
    .source = "llama.cpp de3ff81, src/models/smallthinker.cpp",
    .describe = describe,
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
