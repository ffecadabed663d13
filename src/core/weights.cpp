#include "fitcalc/weights.hpp"

#include <optional>

#include "distinct_shapes.hpp"
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

WeightPlanner::Place WeightPlanner::place_of(const ModelSpec& model, const TensorInventory& inventory,
                                             const Tensor& tensor, bool tied) {
    if (left_in_file(model, tensor)) return Place::file_only;
    if (tensor.layer) return Place::layer;
    if (tensor.role == TensorRole::token_embedding)
        return tied && tensor.name == "token_embd.weight" ? Place::host_and_output : Place::host;
    // rope_freqs and the like go with the first layer.
    return with_output(inventory, tensor) ? Place::output : Place::layer;
}

WeightPlanner::WeightPlanner(const ModelSpec& model, const TensorInventory& inventory) : layers_{model.layers.size()} {
    const bool tied = inventory.tied();
    ShapePlaces places{shapes_};
    tensors_.reserve(inventory.tensors.size());
    for (const Tensor& tensor : inventory.tensors) {
        tensors_.push_back({places[tensor.shape], static_cast<std::uint32_t>(tensor.layer.value_or(0)),
                            place_of(model, inventory, tensor, tied)});
    }
}

WeightPlan WeightPlanner::plan(std::span<const GgmlType> types) const {
    // Tensors of one shape mostly have one type, layer after layer.
    struct LastSize {
        std::optional<GgmlType> type;
        Bytes bytes, padded, on_device;
    };
    std::vector<LastSize> sizes(shapes_.size());
    WeightPlan plan;
    plan.layers.resize(layers_);
    for (std::size_t i = 0; i < tensors_.size(); ++i) {
        const PlacedTensor& tensor = tensors_[i];
        LastSize& size = sizes[tensor.shape];
        if (size.type != types[i]) {
            const Shape& shape = shapes_[tensor.shape];
            const Bytes bytes = bytes_of(types[i], shape.row()) * shape.rows();
            size = {types[i], bytes, round_up(bytes, gguf_alignment), gpu_allocation(types[i], shape.row(), bytes)};
        }
        plan.file += size.bytes;
        plan.file_padded += size.padded;
        switch (tensor.place) {
            case Place::file_only: break;
            case Place::layer: plan.layers[tensor.layer] += size.on_device; break;
            case Place::host: plan.host += size.bytes; break;
            case Place::host_and_output: plan.host += size.bytes; [[fallthrough]];
            case Place::output: plan.output += size.on_device; break;
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

Bytes gguf_tensor_list_size(const TensorInventory& inventory) {
    Bytes size{24};  // magic, version, tensor count, key-value count
    for (const Tensor& tensor : inventory.tensors) size += header_entry(tensor);
    return size;
}

Bytes gguf_header_size(Bytes tensor_list, Bytes metadata) { return round_up(tensor_list + metadata, gguf_alignment); }

}  // namespace fitcalc
