// MiniCPM 3: latent projections whose heads are decompressed before they are cached.
// Source: llama.cpp de3ff81, src/models/minicpm3.cpp.
#include "families.hpp"
#include "latent_attention.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {
namespace {

Result<ModelSpec> describe(const Dimensions& dims) {
    DimensionReader read{dims};
    read.require("attention.q_lora_rank", dims.q_lora_rank);
    const CompressedProjections ranks = compressed_projections(read);
    if (read.failed()) return tl::unexpected(read.error());
    return describe_transformer("minicpm3", dims, {.scaled_embeddings = true}).map([&](ModelSpec model) {
        model.scaled_states = true;
        for (LayerSpec& layer : model.layers) std::get<FullAttention>(layer.attention).compressed = ranks;
        return model;
    });
}

}  // namespace

const Architecture minicpm3{
    .name = "minicpm3",
    .description = "MiniCPM 3: latent projections, a cache of whole heads",
    .source = "llama.cpp de3ff81, src/models/minicpm3.cpp",
    .describe = describe,
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
