// DeepSeek V2, V3, R1 and Kimi K2: multi-head latent attention and mixture of experts after leading dense layers.
// Source: llama.cpp de3ff81, src/models/deepseek2.cpp; DeepSeek-V2, arXiv:2405.04434 §2.1 (latent attention);
// DeepSeek-V3, arXiv:2412.19437 §2.1. The converter leaves the next-token (MTP) layer out.
#include "builder.hpp"
#include "families.hpp"
#include "hybrid.hpp"
#include "latent_attention.hpp"

namespace fitcalc::architectures {
namespace {

// Files from before April 2025 have one matrix for the keys and values of all heads, which are cached as they are.
FullAttention decompressed_attention(DimensionReader& read) {
    FullAttention attention = full_attention(read, 0);
    attention.compressed = compressed_projections(read);
    return attention;
}

Result<ModelSpec> describe(std::string_view architecture, const Dimensions& dims) {
    DimensionReader read{dims};
    ModelSpec model = common_spec(architecture, read);
    model.rope_length = read.require("rope.dimension_count", dims.rope_dimension_count);
    const bool latent = dims.key_length_mla || dims.value_length_mla;
    const Attention attention = latent ? Attention{latent_attention(read)} : decompressed_attention(read);
    for (std::size_t i = 0; i < model.layers.size() && !read.failed(); ++i)
        model.layers[i] = {attention, feed_forward(read, i)};
    if (read.failed()) return tl::unexpected(read.error());
    return model;
}

}  // namespace

const Architecture deepseek2{
    .name = "deepseek2",
    .description = "DeepSeek V2, V3 and R1, Kimi K2: latent attention and mixture of experts",
    .source = "llama.cpp de3ff81, src/models/deepseek2.cpp",
    .describe = [](const Dimensions& dims) { return describe("deepseek2", dims); },
    .tensors = hybrid_tensors,
};

const Architecture mistral4{
    .name = "mistral4",
    .description = "Mistral Small 4: latent attention and mixture of experts",
    .source = "llama.cpp de3ff81, src/models/mistral4.cpp",
    .describe = [](const Dimensions& dims) { return describe("mistral4", dims); },
    .tensors = hybrid_tensors,
};

}  // namespace fitcalc::architectures
