// Source: llama.cpp de3ff81, src/llama-model-loader.cpp (create_tensor: tensors that are there twice), common/arg.cpp
// and common/common.h (--cpu-moe: names with ".ffn_(up|down|gate|gate_up)_(ch|)exps").
#include "loaded_weights.hpp"

#include <algorithm>

#include "../gpu_allocation.hpp"
#include "../loaded.hpp"

namespace fitcalc {
namespace {

bool stays_with_experts(const Tensor& tensor) {
    const std::string_view name = tensor.name.in_layer();
    constexpr std::string_view matrices[] = {"ffn_up_", "ffn_down_", "ffn_gate_", "ffn_gate_up_"};
    return std::ranges::any_of(matrices, [&](std::string_view matrix) {
        if (!name.starts_with(matrix)) return false;
        const std::string_view rest = name.substr(matrix.size());
        return rest.starts_with("exps") || rest.starts_with("chexps");
    });
}

}  // namespace

bool reads_rope_factors(const ModelSpec& model, const LayerSpec& layer) {
    if (!model.rope_factors && !model.rope_long_factors) return false;
    const auto* full = std::get_if<FullAttention>(&layer.attention);
    // Sliding windows are short enough to do without (Gemma 4).
    return !layer.next_token && (full == nullptr || full->window == 0 || full->chunked);
}

LoadedWeights loaded_weights(const ModelSpec& model, const TensorInventory& inventory, std::span<const GgmlType> types) {
    LoadedWeights loaded;
    loaded.layers.resize(model.layers.size());
    const bool tied = inventory.tied();
    for (std::size_t i = 0; i < inventory.tensors.size(); ++i) {
        const Tensor& tensor = inventory.tensors[i];
        if (left_in_file(model, tensor)) continue;
        const Bytes bytes = tensor.bytes_as(types[i]);
        const Bytes on_host = round_up(bytes, cpu_alignment);
        const graph::HostWeight weight{tensor.name.in_layer(), tensor.shape.ne, types[i]};
        if (tensor.layer) {
            LoadedLayer& layer = loaded.layers[static_cast<std::size_t>(*tensor.layer)];
            layer.tensors.push_back(weight);
            if (!stays_with_experts(tensor)) {
                layer.host_others += on_host;
                continue;
            }
            layer.experts += gpu_allocation(types[i], tensor.shape.row(), bytes);
            layer.host_experts += on_host;
            layer.expert_tensors.push_back(weight);
        } else if (tensor.name.starts_with("rope_")) {
            loaded.host_rope_factors += on_host;
            loaded.outside.push_back(weight);
        } else if (tensor.role == TensorRole::token_embedding) {
            if (tied && tensor.name == "token_embd.weight") loaded.outside.push_back(weight);
        } else {
            (with_output(inventory, tensor) ? loaded.host_output : loaded.layers.front().host_others) += on_host;
            loaded.outside.push_back(weight);
        }
    }
    for (std::size_t i = 0; i < loaded.layers.size(); ++i) {
        loaded.layers[i].rope_factors = reads_rope_factors(model, model.layers[i]);
        if (!loaded.layers[i].rope_factors) continue;
        for (const graph::HostWeight& weight : loaded.outside)
            if (weight.name.starts_with("rope_")) loaded.layers[i].tensors.push_back(weight);
    }
    return loaded;
}

}  // namespace fitcalc
