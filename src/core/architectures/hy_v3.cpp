// Hunyuan 3: experts and a shared expert after leading dense layers, RMS norms on Q and K, next-token blocks.
// Source: llama.cpp de3ff81, src/models/hy-v3.cpp.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {
namespace {

Result<ModelSpec> describe(const Dimensions& dims) {
    const TransformerTraits traits{
        .qk_norm = QkNorm::head, .expert_probs_bias = true, .expert_weights_norm = false};
    return describe_transformer("hy_v3", dims, traits).map([](ModelSpec model) {
        model.late_rows = true;
        return model;
    });
}

// The experts' load-balancing bias is called by the bare name here.
TensorInventory tensors(const ModelSpec& model) {
    TensorInventory inventory = transformer_tensors(model);
    for (Tensor& tensor : inventory.tensors)
        if (tensor.name.ends_with(".exp_probs_b.bias")) tensor.name.remove_suffix(std::string_view{".bias"}.size());
    return inventory;
}

}  // namespace

const Architecture hy_v3{
    .name = "hy_v3",
    .description = "Hunyuan 3: experts and a shared expert after leading dense layers",
    .source = "llama.cpp de3ff81, src/models/hy-v3.cpp",
    .describe = describe,
    .tensors = tensors,
};

}  // namespace fitcalc::architectures
