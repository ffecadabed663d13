#include "fitcalc/tensor.hpp"

#include <algorithm>
#include <charconv>

#include "fitcalc/text.hpp"

namespace fitcalc {

// Names follow llama.cpp's LLM_TENSOR_NAMES (src/llama-arch.cpp); input tensors and the output layer are told
// apart as in LLM_TENSOR_INFOS there.
TensorRole role_of(std::string_view name) {
    if (name.starts_with("token_embd.") || name.starts_with("per_layer_token_embd.") ||
        name.starts_with("position_embd.") || name.starts_with("token_types."))
        return TensorRole::token_embedding;
    if (name.starts_with("output") || name.starts_with("altup_")) return TensorRole::output;
    // A layer's second norm has no suffix in Falcon-H1; Arctic's experts have a norm of their own.
    if (contains(name, "_norm.") || contains(name, "_norm_exps.") || name.ends_with("_norm")) return TensorRole::norm;
    if (contains(name, "ffn_gate_inp") || contains(name, "exp_probs_b")) return TensorRole::router;
    if (contains(name, "_shexp.")) return TensorRole::shared_experts;
    if (contains(name, "_exps.") || contains(name, "_chexps.")) return TensorRole::routed_experts;
    if (contains(name, ".ffn_") || contains(name, ".channel_mix_")) return TensorRole::dense_ffn;
    if (contains(name, ".ssm_") || contains(name, ".shortconv.") || contains(name, ".time_mix_"))
        return TensorRole::recurrent;
    if (contains(name, ".attn_") || contains(name, ".indexer")) return TensorRole::attention;
    return TensorRole::other;
}

std::optional<std::int32_t> layer_of(std::string_view name) {
    const std::size_t length = layer_prefix_length(name);
    if (length == 0) return std::nullopt;
    std::int32_t layer = 0;
    const char* const number = name.data() + std::string_view{"blk."}.size();
    if (std::from_chars(number, name.data() + length - 1, layer).ec != std::errc{}) return std::nullopt;
    return layer;
}

std::string_view name_of(TensorRole role) {
    switch (role) {
        case TensorRole::token_embedding: return "token embedding";
        case TensorRole::output: return "output";
        case TensorRole::attention: return "attention";
        case TensorRole::recurrent: return "recurrent";
        case TensorRole::dense_ffn: return "feed-forward";
        case TensorRole::router: return "router";
        case TensorRole::routed_experts: return "routed experts";
        case TensorRole::shared_experts: return "shared experts";
        case TensorRole::norm: return "norms";
        case TensorRole::other: break;
    }
    return "other";
}

Params TensorInventory::params() const {
    Params sum;
    for (const auto& tensor : tensors) sum += tensor.params();
    return sum;
}

const Tensor* TensorInventory::find(std::string_view name) const {
    const auto found = std::ranges::find(tensors, name, [](const Tensor& tensor) { return tensor.name.view(); });
    return found == tensors.end() ? nullptr : &*found;
}

}  // namespace fitcalc
