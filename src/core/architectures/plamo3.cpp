// PLaMo 3: one matrix for Q, K and V and one for gate and up, norms before and after both parts of a layer, sliding
// windows in seven layers of eight.
// Source: llama.cpp de3ff81, src/models/plamo3.cpp.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {
namespace {

constexpr std::uint32_t default_period = 8;

Result<ModelSpec> describe(const Dimensions& dims) {
    const TransformerTraits traits{.qk_norm = QkNorm::head,
                                   .fused_qkv = true,
                                   .dense = {.fused = true},
                                   .norms = NormPlacement::around};
    return describe_transformer("plamo3", dims, traits).map([&](ModelSpec model) {
        set_windows(model, dims, dims.sliding_window.value_or(0), default_period);
        return model;
    });
}

// The norms behind attention and network have no suffix.
TensorInventory tensors(const ModelSpec& model) {
    TensorInventory inventory = transformer_tensors(model);
    for (Tensor& tensor : inventory.tensors)
        for (const std::string_view name : {"post_attention_norm.weight", "post_ffw_norm.weight"})
            if (tensor.name.ends_with(name)) tensor.name.remove_suffix(std::string_view{".weight"}.size());
    return inventory;
}

}  // namespace

const Architecture plamo3{
    .name = "plamo3",
    .description = "PLaMo 3: sliding windows in seven layers of eight",
    .source = "llama.cpp de3ff81, src/models/plamo3.cpp",
    .describe = describe,
    .tensors = tensors,
};

}  // namespace fitcalc::architectures
