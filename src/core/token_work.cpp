#include "fitcalc/token_work_planner.hpp"

#include <algorithm>
#include <numeric>
#include <optional>

#include "distinct_shapes.hpp"

namespace fitcalc {
namespace {

std::size_t index(GgmlType type) { return static_cast<std::size_t>(kernel_kind(type)); }

double as_double(std::int64_t count) { return static_cast<double>(count); }
double as_double(Bytes bytes) { return as_double(bytes.count()); }

double sum(const ByKernel& values) { return std::accumulate(values.begin(), values.end(), 0.0); }

// What one layer's attention looks back at.
struct AttentionOf {
    const EngineSettings& settings;

    using Parts = std::vector<CachedAttention>;

    Parts operator()(const FullAttention& attention) const {
        return {{settings.swa_full ? 0 : attention.window,
                 key_bytes(attention.key_values()) + as_double(bytes_of(settings.type_v, attention.value_values())),
                 as_double(checked_add(attention.query_values(), attention.output_values()))}};
    }
    // Every head reads the one latent row, as key and as value. An indexer scores every token by a small row of its own;
    // the engine reads what it leaves out all the same, and masks it.
    Parts operator()(const LatentAttention& attention) const {
        Parts parts{{0, key_bytes(attention.cached_values()),
                     as_double(checked_mul(attention.heads, checked_add(attention.cached_values(), attention.kv_lora_rank)))}};
        if (attention.indexer) parts.push_back(scoring(*attention.indexer));
        return parts;
    }
    // Rows are key and value at once; a compressed one stands for `ratio` tokens.
    Parts operator()(const CompressedRowsAttention& attention) const {
        constexpr double key_and_value = 2;
        const CachedAttention row{attention.window, key_bytes(attention.head_length),
                                  key_and_value * as_double(attention.query_values())};
        Parts parts{row};
        if (attention.ratio == 0) return parts;
        const auto add = [&](CachedAttention rows) {
            rows.window = 0;
            rows.cache_bytes /= as_double(attention.ratio);
            rows.multiply_adds /= as_double(attention.ratio);
            parts.push_back(rows);
        };
        add(row);
        if (attention.indexer) add(scoring(*attention.indexer));
        return parts;
    }
    Parts operator()(const NoAttention&) const { return {}; }

private:
    double key_bytes(std::int64_t values) const { return as_double(bytes_of(settings.type_k, values)); }
    CachedAttention scoring(const Indexer& indexer) const {
        return {0, key_bytes(indexer.key_length), as_double(checked_mul(indexer.heads, indexer.key_length))};
    }
};

double state_bytes(const Recurrent& recurrent) {
    constexpr double read_and_written = 2;
    return read_and_written * std::visit(
        [](const auto& kind) { return as_double(bytes_of(GgmlType::f32, kind.conv_values() + kind.state_values())); },
        recurrent);
}

// How many small launches a recurrence is, as a share of a delta net's, which is the longest.
double small_steps(const Recurrent& recurrent) {
    struct Steps {
        double operator()(const GatedDeltaNet&) const { return 1; }
        double operator()(const KimiDeltaAttention&) const { return 1; }
        double operator()(const Mamba&) const { return 0.5; }  // one scan
        double operator()(const Mamba2&) const { return 0.5; }
        double operator()(const Rwkv7&) const { return 0.5; }
        double operator()(const ShortConvolution&) const { return 0; }  // no more than the attention that it stands for
    };
    return std::visit(Steps{}, recurrent);
}

TokenWork layer_work(const LayerSpec& layer, const EngineSettings& settings) {
    TokenWork work;
    const bool mixes = layer.recurrent || !std::holds_alternative<NoAttention>(layer.attention);
    const bool network = !std::holds_alternative<NoFeedForward>(layer.feed_forward);
    work.layers = (mixes ? 0.5 : 0) + (network ? 0.5 : 0);  // Nemotron H has one or the other in each layer
    if (const auto* moe = std::get_if<ExpertFeedForward>(&layer.feed_forward)) {
        work.expert_layers = 1;
        work.experts_per_token = as_double(moe->used) / as_double(moe->experts);
    }
    if (layer.recurrent) {
        work.recurrent_layers = small_steps(*layer.recurrent);
        work.state_bytes = state_bytes(*layer.recurrent);
    }
    work.attention = std::visit(AttentionOf{settings}, layer.attention);
    return work;
}

}  // namespace

KernelKind kernel_kind(GgmlType type) {
    switch (type) {
        case GgmlType::q8_0:
        case GgmlType::q8_1:
        case GgmlType::q8_k:
        case GgmlType::i8: return KernelKind::q8;
        case GgmlType::q4_0:
        case GgmlType::q4_1:
        case GgmlType::q5_0:
        case GgmlType::q5_1: return KernelKind::legacy;
        case GgmlType::q4_k:
        case GgmlType::q5_k:
        case GgmlType::q6_k: return KernelKind::k;
        case GgmlType::q2_k:
        case GgmlType::q3_k: return KernelKind::k_low;
        case GgmlType::iq4_nl:
        case GgmlType::iq4_xs: return KernelKind::i4;
        case GgmlType::iq1_s:
        case GgmlType::iq1_m:
        case GgmlType::iq2_xxs:
        case GgmlType::iq2_xs:
        case GgmlType::iq2_s:
        case GgmlType::iq3_xxs:
        case GgmlType::iq3_s:
        case GgmlType::tq1_0:
        case GgmlType::tq2_0:
        case GgmlType::q1_0:
        case GgmlType::q2_0: return KernelKind::i_low;
        case GgmlType::mxfp4:
        case GgmlType::nvfp4: return KernelKind::fp4;
        case GgmlType::bf16: return KernelKind::bf16;
        default: return KernelKind::full;
    }
}

std::string_view name_of(KernelKind kind) {
    switch (kind) {
        case KernelKind::full: return "full";
        case KernelKind::bf16: return "bf16";
        case KernelKind::q8: return "q8";
        case KernelKind::legacy: return "legacy";
        case KernelKind::k: return "k";
        case KernelKind::k_low: return "k_low";
        case KernelKind::i4: return "i4";
        case KernelKind::i_low: return "i_low";
        case KernelKind::fp4: break;
    }
    return "fp4";
}

TokenWork& TokenWork::operator+=(const TokenWork& other) {
    for (std::size_t i = 0; i < kernel_kinds; ++i) {
        dense_bytes[i] += other.dense_bytes[i];
        expert_bytes[i] += other.expert_bytes[i];
        dense_weights[i] += other.dense_weights[i];
        expert_weights[i] += other.expert_weights[i];
    }
    all_expert_bytes += other.all_expert_bytes;
    experts_per_token += other.experts_per_token;
    state_bytes += other.state_bytes;
    layers += other.layers;
    expert_layers += other.expert_layers;
    recurrent_layers += other.recurrent_layers;
    for (const CachedAttention& each : other.attention) {
        const auto same = std::ranges::find(attention, each.window, &CachedAttention::window);
        if (same == attention.end()) {
            attention.push_back(each);
            continue;
        }
        same->cache_bytes += each.cache_bytes;
        same->multiply_adds += each.multiply_adds;
    }
    return *this;
}

void TokenWork::stretch(double factor) {
    for (ByKernel* bytes : {&dense_bytes, &expert_bytes})
        for (double& each : *bytes) each *= factor;
    all_expert_bytes *= factor;
}

double TokenWork::weight_bytes() const { return sum(dense_bytes) + sum(expert_bytes); }

double TokenWork::active_weights() const { return sum(dense_weights) + sum(expert_weights); }

double TokenWork::cache_bytes(double depth) const {
    double bytes = 0;
    for (const CachedAttention& each : attention) bytes += each.cache_bytes * each.attended(depth);
    return bytes;
}

TokenWorkPlanner::TokenWorkPlanner(const ModelSpec& model, const TensorInventory& inventory, const EngineSettings& settings) {
    without_weights_.reserve(model.layers.size() + 1);
    for (const LayerSpec& layer : model.layers)
        without_weights_.push_back(layer.next_token ? TokenWork{} : layer_work(layer, settings));
    without_weights_.emplace_back();  // the output stage
    const bool tied = inventory.tied();
    ShapePlaces places{shapes_};
    tensors_.reserve(inventory.tensors.size());
    for (std::size_t i = 0; i < inventory.tensors.size(); ++i) {
        const Tensor& tensor = inventory.tensors[i];
        const bool embedding = tensor.role == TensorRole::token_embedding;
        if (embedding && !(tied && tensor.name == "token_embd.weight")) continue;  // one row
        const std::size_t layer = tensor.layer ? static_cast<std::size_t>(*tensor.layer) : model.layers.size();
        if (tensor.layer && model.layers.at(layer).next_token) continue;
        const bool expert = tensor.layer && tensor.role == TensorRole::routed_experts && without_weights_[layer].expert_layers > 0;
        const double parameters = tensor.layer && tensor.shape.dimensions() > 1 ? as_double(tensor.params().count()) : 0;
        tensors_.push_back({static_cast<std::uint32_t>(i), places[tensor.shape], static_cast<std::uint32_t>(layer), expert,
                            expert ? parameters * without_weights_[layer].experts_per_token : parameters});
    }
}

std::vector<TokenWork> TokenWorkPlanner::work(std::span<const GgmlType> types) const {
    // Tensors of one shape mostly have one type, layer after layer.
    struct LastSize {
        std::optional<GgmlType> type;
        std::size_t kind = 0;
        double bytes = 0;
    };
    std::vector<LastSize> sizes(shapes_.size());
    std::vector<TokenWork> work = without_weights_;
    for (const ReadTensor& read : tensors_) {
        const GgmlType type = types[read.index];
        LastSize& size = sizes[read.shape];
        if (size.type != type) {
            const Shape& shape = shapes_[read.shape];
            size = {type, index(type), as_double(bytes_of(type, shape.row()) * shape.rows())};
        }
        TokenWork& layer = work[read.layer];
        if (read.expert) {
            layer.expert_bytes[size.kind] += size.bytes * layer.experts_per_token;
            layer.expert_weights[size.kind] += read.multiply_adds;
            layer.all_expert_bytes += size.bytes;
        } else {
            layer.dense_bytes[size.kind] += size.bytes;
            layer.dense_weights[size.kind] += read.multiply_adds;
        }
    }
    return work;
}

std::vector<TokenWork> token_work(const ModelSpec& model, const TensorInventory& inventory,
                                  std::span<const GgmlType> types, const EngineSettings& settings) {
    return TokenWorkPlanner{model, inventory, settings}.work(types);
}

TokenWork sum_of(std::span<const TokenWork> layers) {
    TokenWork sum;
    for (const TokenWork& layer : layers) sum += layer;
    return sum;
}

}  // namespace fitcalc
