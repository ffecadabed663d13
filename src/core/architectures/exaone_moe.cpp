// K-EXAONE: experts after leading dense layers, sliding windows in three layers of four and rotary positions in those
// alone, a dense next-token block.
// Source: llama.cpp de3ff81, src/models/exaone-moe.cpp.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {
namespace {

constexpr std::uint32_t default_period = 4;

Result<ModelSpec> describe(const Dimensions& dims) {
    DimensionReader read{dims};
    const std::int64_t window = read.require("attention.sliding_window", dims.sliding_window);
    if (read.failed()) return tl::unexpected(read.error());
    const TransformerTraits traits{.qk_norm = QkNorm::head, .expert_weights_norm = false};
    return describe_transformer("exaone-moe", dims, traits).map([&](ModelSpec model) {
        set_windows(model, dims, window, default_period);
        rotate_in_windows_only(model);
        make_next_token_blocks_dense(model, dims);
        return model;
    });
}

}  // namespace

const Architecture exaone_moe{
    .name = "exaone-moe",
    .description = "K-EXAONE: experts after leading dense layers, sliding windows in three layers of four",
    .source = "llama.cpp de3ff81, src/models/exaone-moe.cpp",
    .describe = describe,
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
