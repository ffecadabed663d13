// AFMoE (Trinity): gated attention, norms before and after both parts of a layer, experts after leading dense layers,
// sliding windows in three layers of four; the others know no positions.
// Source: llama.cpp de3ff81, src/models/afmoe.cpp.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {
namespace {

constexpr std::uint32_t default_period = 4;

Result<ModelSpec> describe(const Dimensions& dims) {
    const TransformerTraits traits{.qk_norm = QkNorm::head,
                                   .no_rope_step = default_period,
                                   .expert_probs_bias = true,
                                   .expert_weights_norm = false,
                                   .scaled_embeddings = true,
                                   .norms = NormPlacement::around};
    return describe_transformer("afmoe", dims, traits).map([&](ModelSpec model) {
        set_windows(model, dims, dims.sliding_window.value_or(0), default_period);
        for (LayerSpec& layer : model.layers) std::get<FullAttention>(layer.attention).gate_matrix = true;
        return model;
    });
}

}  // namespace

const Architecture afmoe{
    .name = "afmoe",
    .description = "AFMoE (Trinity): gated attention, experts, sliding windows in three layers of four",
    .source = "llama.cpp de3ff81, src/models/afmoe.cpp",
    .describe = describe,
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
