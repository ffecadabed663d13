// Command R7B and Command A: as Command R, with sliding windows in three layers of four; the others know no positions.
// Source: llama.cpp de3ff81, src/models/cohere2.cpp.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {
namespace {

constexpr std::uint32_t default_period = 4;

Result<ModelSpec> describe(const Dimensions& dims) {
    DimensionReader read{dims};
    const std::int64_t window = read.require("attention.sliding_window", dims.sliding_window);
    if (read.failed()) return tl::unexpected(read.error());
    return describe_transformer("cohere2", dims, {.parallel = true}).map([&](ModelSpec model) {
        model.norm.layer = true;
        model.tied_embeddings = true;
        set_windows(model, dims, window, default_period);
        rotate_in_windows_only(model);
        return model;
    });
}

}  // namespace

const Architecture cohere2{
    .name = "cohere2",
    .description = "Command R7B and Command A: sliding windows in three layers of four",
    .source = "llama.cpp de3ff81, src/models/cohere2.cpp",
    .describe = describe,
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
