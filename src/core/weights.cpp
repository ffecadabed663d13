#include "fitcalc/weights.hpp"

#include "gpu_allocation.hpp"
#include "loaded.hpp"

namespace fitcalc {
namespace {

constexpr std::int64_t gguf_alignment = 32;

bool next_token_block(const ModelSpec& model, const Tensor& tensor) {
    const auto layer = static_cast<std::size_t>(tensor.layer.value_or(-1));
    return tensor.layer && layer < model.layers.size() && model.layers[layer].next_token;
}

// One entry of the header: name (length and text), number of dimensions, each dimension, type, offset.
Bytes header_entry(const Tensor& tensor) {
    constexpr std::int64_t length_field = 8, count_field = 4, dimension_field = 8, type_field = 4, offset_field = 8;
    return Bytes{length_field + static_cast<std::int64_t>(tensor.name.size()) + count_field +
                 dimension_field * tensor.shape.dimensions() + type_field + offset_field};
}

}  // namespace

bool left_in_file(const ModelSpec& model, const Tensor& tensor) {
    if (!next_token_block(model, tensor)) return false;
    const auto* latent = std::get_if<LatentAttention>(&model.layers[static_cast<std::size_t>(*tensor.layer)].attention);
    return latent == nullptr || !latent->indexer || !tensor.name.ends_with("exp_probs_b.bias");
}

bool with_output(const TensorInventory& inventory, const Tensor& tensor) {
    return tensor.role == TensorRole::output ||
           (tensor.name == "token_embd_norm.weight" && inventory.find("output_norm.weight") == nullptr);
}

Bytes WeightPlan::device() const {
    Bytes sum = output;
    for (const Bytes layer : layers) sum += layer;
    return sum;
}

std::vector<Bytes> tensor_bytes(const TensorInventory& inventory, std::span<const GgmlType> types) {
    std::vector<Bytes> bytes(types.size());
    for (std::size_t i = 0; i < types.size(); ++i) bytes[i] = inventory.tensors[i].bytes_as(types[i]);
    return bytes;
}

WeightPlan plan_weights(const ModelSpec& model, const TensorInventory& inventory, std::span<const GgmlType> types,
                        std::span<const Bytes> bytes) {
    WeightPlan plan;
    plan.layers.resize(model.layers.size());
    const bool tied = inventory.tied();
    for (std::size_t i = 0; i < inventory.tensors.size(); ++i) {
        const Tensor& tensor = inventory.tensors[i];
        plan.file += bytes[i];
        if (left_in_file(model, tensor)) continue;
        const Bytes on_device = gpu_allocation(types[i], tensor.shape.row(), bytes[i]);
        if (tensor.layer) {
            plan.layers.at(static_cast<std::size_t>(*tensor.layer)) += on_device;
            continue;
        }
        switch (tensor.role) {
            case TensorRole::token_embedding:
                plan.host += bytes[i];
                if (tied && tensor.name == "token_embd.weight") plan.output += on_device;
                break;
            // rope_freqs and the like go with the first layer.
            default: (with_output(inventory, tensor) ? plan.output : plan.layers.front()) += on_device; break;
        }
    }
    return plan;
}

Params active_parameters(const ModelSpec& model, const TensorInventory& inventory) {
    Params active;
    for (const Tensor& tensor : inventory.tensors) {
        if (next_token_block(model, tensor)) continue;
        const Params all = tensor.params();
        if (tensor.layer && tensor.role == TensorRole::routed_experts) {
            const auto& layer = model.layers.at(static_cast<std::size_t>(*tensor.layer));
            const auto* moe = std::get_if<ExpertFeedForward>(&layer.feed_forward);
            active += moe ? all / moe->experts * moe->used : all;
        } else {
            active += all;
        }
    }
    return active;
}

Bytes gguf_header_size(const TensorInventory& inventory, Bytes metadata) {
    constexpr Bytes fixed_header{24};  // magic, version, tensor count, key-value count
    Bytes header = fixed_header + metadata;
    for (const Tensor& tensor : inventory.tensors) header += header_entry(tensor);
    return round_up(header, gguf_alignment);
}

Bytes gguf_data_size(std::span<const Bytes> bytes) {
    Bytes data;
    for (const Bytes tensor : bytes) data += round_up(tensor, gguf_alignment);
    return data;
}

}  // namespace fitcalc
