// GPT-NeoX, Pythia, Dolly, RedPajama: layer norms, biases everywhere.
// Source: llama.cpp de3ff81, src/models/gptneox.cpp and conversion of the Hugging Face checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {
namespace {

Result<ModelSpec> describe(const Dimensions& dims) {
    const bool beside = dims.parallel_residual.value_or(true);
    return describe_transformer("gptneox", dims,
                                {.attention_bias = true,
                                 .fused_qkv = true,
                                 .output_bias = true,
                                 .dense = {.gated = false, .bias = true},
                                 .norm = {.layer = true, .bias = true},
                                 .sum = beside ? LayerSum::network_x_attention : LayerSum::network_attended});
}

}  // namespace

const Architecture gptneox{
    .name = "gptneox",
    .description = "GPT-NeoX, Pythia and their relatives",
    .source = "llama.cpp de3ff81, src/models/gptneox.cpp",
    .describe = describe,
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
