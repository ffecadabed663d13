#include "fitcalc/optional_tensors.hpp"

#include <array>
#include <string_view>

namespace fitcalc {
namespace {

// Names as in llama.cpp de3ff81, src/llama-arch.cpp; a name of a layer begins after "blk.N.". A flag with several
// names is set by any of them.
struct OptionalTensor {
    std::optional<bool> Dimensions::*flag;
    std::string_view name;
};

constexpr std::array optional_tensors{
    OptionalTensor{&Dimensions::attention_bias, "attn_q.bias"},
    OptionalTensor{&Dimensions::attention_bias, "attn_qkv.bias"},
    OptionalTensor{&Dimensions::attention_fused, "attn_qkv.weight"},
    OptionalTensor{&Dimensions::attention_norm_2, "attn_norm_2.weight"},
    OptionalTensor{&Dimensions::attention_output_bias, "attn_output.bias"},
    OptionalTensor{&Dimensions::expert_probs_bias, "exp_probs_b.bias"},
    OptionalTensor{&Dimensions::attention_qk_norm, "attn_q_norm.weight"},
    OptionalTensor{&Dimensions::feed_forward_bias, "ffn_up.bias"},
    OptionalTensor{&Dimensions::nextn_embeddings, "nextn.embed_tokens.weight"},
    OptionalTensor{&Dimensions::rope_factors, "rope_freqs.weight"},
    OptionalTensor{&Dimensions::rope_long_factors, "rope_factors_long.weight"},
    OptionalTensor{&Dimensions::ssm_norm, "ssm_norm.weight"},
};

}  // namespace

void note_optional_tensors(Dimensions& dimensions, const TensorInventory& inventory) {
    dimensions.tied_embeddings = inventory.tied();
    for (const OptionalTensor& optional : optional_tensors) dimensions.*optional.flag = false;
    std::size_t keys = 0, values = 0;
    for (const Tensor& tensor : inventory.tensors) {
        const std::string_view name = tensor.name.in_layer();
        if (name == "attn_k.weight") ++keys;
        if (name == "attn_v.weight") ++values;
        for (const OptionalTensor& optional : optional_tensors)
            if (name == optional.name) dimensions.*optional.flag = true;
    }
    // Layers without V of their own read K twice.
    if (values < keys) dimensions.attention_k_eq_v = true;
}

}  // namespace fitcalc
