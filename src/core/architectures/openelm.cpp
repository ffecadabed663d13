// OpenELM: heads and networks that grow from layer to layer, RMS norms on Q and K.
// Source: llama.cpp de3ff81, src/models/openelm.cpp and conversion of the Hugging Face checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {
namespace {

Result<ModelSpec> describe(const Dimensions& dims) {
    DimensionReader read{dims};
    read.require("attention.key_length", dims.key_length);  // the heads differ in number, not in length
    if (read.failed()) return tl::unexpected(read.error());
    const TransformerTraits traits{
        .qk_norm = QkNorm::head, .fused_qkv = true, .sum = LayerSum::network_x_attended};
    return describe_transformer("openelm", dims, traits).map([](ModelSpec model) {
        model.tied_embeddings = true;
        return model;
    });
}

}  // namespace

const Architecture openelm{
    .name = "openelm",
    .description = "OpenELM: heads and networks that grow from layer to layer",
    .source = "llama.cpp de3ff81, src/models/openelm.cpp",
    .describe = describe,
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
