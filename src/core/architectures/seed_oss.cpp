// Seed OSS: biases on Q, K and V.
// Source: llama.cpp de3ff81, src/models/seed-oss.cpp and conversion of the Hugging Face checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {
namespace {

Result<ModelSpec> describe(const Dimensions& dims) {
    return describe_transformer("seed_oss", dims, {});
}

// The norm before the network bears the name of one after attention.
TensorInventory tensors(const ModelSpec& model) { return transformer_tensors(model, "post_attention_norm"); }

}  // namespace

const Architecture seed_oss{
    .name = "seed_oss",
    .description = "Seed OSS",
    .source = "llama.cpp de3ff81, src/models/seed-oss.cpp",
    .describe = describe,
    .tensors = tensors,
};

}  // namespace fitcalc::architectures
