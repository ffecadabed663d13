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
        return {cache_tensor(settings.type_k, attention.cached_values(), settings), {}, {}};
    }
};

}  // namespace

CachePlan plan_cache(const ModelSpec& model, const EngineSettings& settings) {
    CachePlan plan;
    plan.layers.reserve(model.layers.size());
    for (const auto& layer : model.layers)
        plan.layers.push_back(layer.next_token ? LayerCache{} : std::visit(LayerCacheOf{settings}, layer.attention));
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
