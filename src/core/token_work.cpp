#include "fitcalc/token_work.hpp"

#include <algorithm>
#include <numeric>

namespace fitcalc {
namespace {

std::size_t index(GgmlType type) { return static_cast<std::size_t>(kernel_kind(type)); }

double as_double(Bytes bytes) { return static_cast<double>(bytes.count()); }

double sum(const ByKernel& values) { return std::accumulate(values.begin(), values.end(), 0.0); }

struct AttentionOf {
    const EngineSettings& settings;

    CachedAttention operator()(const FullAttention& attention) const {
        CachedAttention work;
        work.window = settings.swa_full ? 0 : attention.window;
        work.layers = 1;
        work.cache_bytes = as_double(bytes_of(settings.type_k, attention.key_values())) +
                           as_double(bytes_of(settings.type_v, attention.value_values()));
        work.multiply_adds = static_cast<double>(attention.query_values() + attention.output_values());
        return work;
    }
    // Every head reads the one latent row, as key and as value.
    CachedAttention operator()(const LatentAttention& attention) const {
        CachedAttention work;
        work.layers = 1;
        work.cache_bytes = as_double(bytes_of(settings.type_k, attention.cached_values()));
        work.multiply_adds =
            static_cast<double>(checked_mul(attention.heads, attention.cached_values() + attention.kv_lora_rank));
        return work;
    }
    CachedAttention operator()(const NoAttention&) const { return {}; }
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
        work.experts_per_token = static_cast<double>(moe->used) / static_cast<double>(moe->experts);
    }
    if (layer.recurrent) {
        work.recurrent_layers = small_steps(*layer.recurrent);
        work.state_bytes = state_bytes(*layer.recurrent);
    }
    if (std::holds_alternative<LatentAttention>(layer.attention)) work.latent_layers = 1;
    const CachedAttention attention = std::visit(AttentionOf{settings}, layer.attention);
    if (attention.layers > 0) work.attention.push_back(attention);
    return work;
}

void add_experts(TokenWork& work, const Tensor& tensor, GgmlType type) {
    const double bytes = as_double(tensor.bytes_as(type));
    work.expert_bytes[index(type)] += bytes * work.experts_per_token;
    work.expert_weights[index(type)] += static_cast<double>(tensor.params().count()) * work.experts_per_token;
    work.all_expert_bytes += bytes;
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
    latent_layers += other.latent_layers;
    for (const CachedAttention& each : other.attention) {
        const auto same = std::ranges::find(attention, each.window, &CachedAttention::window);
        if (same == attention.end()) {
            attention.push_back(each);
            continue;
        }
        same->layers += each.layers;
        same->cache_bytes += each.cache_bytes;
        same->multiply_adds += each.multiply_adds;
    }
    return *this;
}

double TokenWork::weight_bytes() const { return sum(dense_bytes) + sum(expert_bytes); }

double TokenWork::active_weights() const { return sum(dense_weights) + sum(expert_weights); }

double TokenWork::cache_bytes(double depth) const {
    double bytes = 0;
    for (const CachedAttention& each : attention) bytes += each.cache_bytes * each.attended(depth);
    return bytes;
}

std::vector<TokenWork> token_work(const ModelSpec& model, const TensorInventory& inventory,
                                  std::span<const GgmlType> types, const EngineSettings& settings) {
    std::vector<TokenWork> work;
    work.reserve(model.layers.size() + 1);
    for (const LayerSpec& layer : model.layers) work.push_back(layer.next_token ? TokenWork{} : layer_work(layer, settings));
    TokenWork& output = work.emplace_back();
    const bool tied = inventory.tied();
    for (std::size_t i = 0; i < inventory.tensors.size(); ++i) {
        const Tensor& tensor = inventory.tensors[i];
        const GgmlType type = types[i];
        const bool embedding = tensor.role == TensorRole::token_embedding;
        if (embedding && !(tied && tensor.name == "token_embd.weight")) continue;  // one row
        if (!tensor.layer) {
            output.dense_bytes[index(type)] += as_double(tensor.bytes_as(type));
            continue;
        }
        const auto layer = static_cast<std::size_t>(*tensor.layer);
        if (model.layers.at(layer).next_token) continue;
        if (tensor.role == TensorRole::routed_experts && work[layer].expert_layers > 0) {
            add_experts(work[layer], tensor, type);
            continue;
        }
        work[layer].dense_bytes[index(type)] += as_double(tensor.bytes_as(type));
        if (tensor.shape.dimensions() > 1)
            work[layer].dense_weights[index(type)] += static_cast<double>(tensor.params().count());
    }
    return work;
}

TokenWork sum_of(std::span<const TokenWork> layers) {
    TokenWork sum;
    for (const TokenWork& layer : layers) sum += layer;
    return sum;
}

}  // namespace fitcalc
