#include "fitcalc/cache.hpp"

#include "gpu_allocation.hpp"

namespace fitcalc {
namespace {

// One K or V tensor: `row` values for each cell of each stream.
Bytes cache_tensor(GgmlType type, std::int64_t row, Tokens cells, const EngineSettings& settings) {
    if (row == 0) return {};
    const Bytes bytes = bytes_of(type, row) * checked_mul(cells.count(), settings.streams());
    return settings.device == GraphDevice::cpu ? bytes : gpu_allocation(type, row, bytes);
}

struct LayerCacheOf {
    const EngineSettings& settings;
    std::int64_t widest_values;

    LayerCache operator()(const FullAttention& attention) const {
        if (!attention.own_cache) return {};
        const Tokens cells = settings.window_cells(attention.window);
        // Without flash attention V is stored transposed, with rows as wide as the widest layer's.
        const std::int64_t values = settings.flash_attention ? attention.value_values() : widest_values;
        return {cache_tensor(settings.type_k, attention.key_values(), cells, settings),
                cache_tensor(settings.type_v, values, cells, settings), {}};
    }
    // The latent row is stored once, as K.
    LayerCache operator()(const LatentAttention& attention) const {
        return {cache_tensor(settings.type_k, attention.cached_values(), settings.stream_context(), settings), {}, {}};
    }
};

}  // namespace

CachePlan plan_cache(const ModelSpec& model, const EngineSettings& settings) {
    CachePlan plan;
    plan.layers.reserve(model.layers.size());
    const LayerCacheOf cache_of{settings, model.widest_values()};
    for (const auto& layer : model.layers)
        plan.layers.push_back(layer.next_token ? LayerCache{} : std::visit(cache_of, layer.attention));
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
