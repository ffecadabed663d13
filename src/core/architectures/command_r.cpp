// Command R and R+: attention and feed-forward network side by side behind one layer norm; R+ has layer norms on Q
// and K.
// Source: llama.cpp de3ff81, src/models/command-r.cpp.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {
namespace {

// llama.cpp expects the norms on Q and K in models from this many layers on.
constexpr std::size_t layers_with_qk_norm = 64;

Result<ModelSpec> describe(const Dimensions& dims) {
    const bool qk_norm = dims.block_count.value_or(0) >= layers_with_qk_norm;
    const TransformerTraits traits{.qk_norm = qk_norm ? QkNorm::layer : QkNorm::none, .parallel = true};
    return describe_transformer("command-r", dims, traits).map([](ModelSpec model) {
        model.norm.layer = true;
        model.tied_embeddings = true;
        return model;
    });
}

}  // namespace

const Architecture command_r{
    .name = "command-r",
    .description = "Command R and R+: attention and feed-forward network in parallel",
    .source = "llama.cpp de3ff81, src/models/command-r.cpp",
    .describe = describe,
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
