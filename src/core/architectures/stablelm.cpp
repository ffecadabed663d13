// StableLM 2 and 3B: layer norms. The 12B model has its feed-forward network beside attention and norms on Q and K.
// Source: llama.cpp de3ff81, src/models/stablelm.cpp and conversion of the Hugging Face checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {
namespace {

Result<ModelSpec> describe(const Dimensions& dims) {
    const bool beside = dims.parallel_residual.value_or(false);
    return describe_transformer("stablelm", dims,
                                {.qk_norm = dims.attention_qk_norm.value_or(false) ? QkNorm::layer : QkNorm::none,
                                 .norm = {.layer = true, .bias = true},
                                 .sum = beside ? LayerSum::network_beside : LayerSum::network_attended});
}

}  // namespace

const Architecture stablelm{
    .name = "stablelm",
    .description = "StableLM",
    .source = "llama.cpp de3ff81, src/models/stablelm.cpp",
    .describe = describe,
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
