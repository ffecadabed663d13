#include "fitcalc/cache.hpp"

#include "gpu_allocation.hpp"

namespace fitcalc {
namespace {

// One K or V tensor: `row` values for each cell of each stream.
Bytes cache_tensor(GgmlType type, std::int64_t row, const EngineSettings& settings) {
    if (row == 0) return {};
    const std::int64_t cells = checked_mul(settings.stream_context().count(), settings.streams());
    const Bytes bytes = bytes_of(type, row) * cells;
    return settings.device == GraphDevice::cpu ? bytes : gpu_allocation(type, row, bytes);
}

struct LayerCacheOf {
    const EngineSettings& settings;

    LayerCache operator()(const FullAttention& attention) const {
        return {cache_tensor(settings.type_k, attention.key_values(), settings),
                cache_tensor(settings.type_v, attention.value_values(), settings), {}};
    }
    // The latent row is stored once, as K.
    LayerCache operator()(const LatentAttention& attention) const {
        LayerCache cache{cache_tensor(settings.type_k, attention.cached_values(), settings), {}, {}};
        if (attention.indexer) cache.indexer = cache_tensor(settings.type_k, attention.indexer->key_length, settings);
        return cache;
    }
    LayerCache operator()(const NoAttention&) const { return {}; }
};

// One F32 row per sequence for the convolution and one for the state, whatever the type of the KV cache
// (src/llama-memory-recurrent.cpp).
Bytes recurrent_state(const Recurrent& recurrent, const EngineSettings& settings) {
    return std::visit(
        [&](const auto& kind) {
            Bytes sum;
            for (const std::int64_t row : {kind.conv_values(), kind.state_values()}) {
                const Bytes bytes = bytes_of(GgmlType::f32, row) * settings.sequences;
                sum += settings.device == GraphDevice::cpu ? bytes : gpu_allocation(GgmlType::f32, row, bytes);
            }
            return sum;
        },
        recurrent);
}

LayerCache layer_cache(const LayerSpec& layer, const EngineSettings& settings) {
    if (layer.next_token) return {};
    LayerCache cache = std::visit(LayerCacheOf{settings}, layer.attention);
    if (layer.recurrent) cache.recurrent = recurrent_state(*layer.recurrent, settings);
    return cache;
}

}  // namespace

CachePlan plan_cache(const ModelSpec& model, const EngineSettings& settings) {
    CachePlan plan;
    plan.layers.reserve(model.layers.size());
    for (const auto& layer : model.layers) plan.layers.push_back(layer_cache(layer, settings));
    return plan;
}

Bytes CachePlan::attention_bytes() const {
    Bytes sum;
    for (const auto& layer : layers) sum += layer.attention();
    return sum;
}

Bytes CachePlan::recurrent_bytes() const {
    Bytes sum;
    for (const auto& layer : layers) sum += layer.recurrent;
    return sum;
}

}  // namespace fitcalc
