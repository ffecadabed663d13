// DBRX: experts in every layer, layer norms without biases, one matrix for Q, K and V.
// Source: llama.cpp de3ff81, src/models/dbrx.cpp and conversion of the Hugging Face checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {
namespace {

Result<ModelSpec> describe(const Dimensions& dims) {
    return describe_transformer("dbrx", dims, {.fused_qkv = true, .norm = {.layer = true}});
}

// The norm before the network bears the name of one after attention.
TensorInventory tensors(const ModelSpec& model) { return transformer_tensors(model, "attn_output_norm"); }

}  // namespace

const Architecture dbrx{
    .name = "dbrx",
    .description = "DBRX",
    .source = "llama.cpp de3ff81, src/models/dbrx.cpp",
    .describe = describe,
    .tensors = tensors,
};

}  // namespace fitcalc::architectures
