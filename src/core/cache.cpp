#include "fitcalc/cache.hpp"

#include <algorithm>

#include "gpu_allocation.hpp"

namespace fitcalc {
namespace {

Bytes cache_tensor(GgmlType type, std::int64_t row, std::int64_t rows, GraphDevice device) {
    const Bytes bytes = bytes_of(type, row) * rows;
    return device == GraphDevice::cpu ? bytes : gpu_allocation(type, row, bytes);
}

// One K or V tensor: `row` values for each cell of each stream.
Bytes cache_tensor(GgmlType type, std::int64_t row, Tokens cells, const EngineSettings& settings) {
    return cache_tensor(type, row, checked_mul(cells.count(), settings.streams()), settings.device);
}

struct LayerCacheOf {
    const EngineSettings& settings;
    bool flash_attention;
    std::int64_t widest_values;
    bool hybrid;  // some layers are recurrent

    LayerCache operator()(const FullAttention& attention) const {
        if (!attention.own_cache) return {};
        const Tokens cells = settings.window_cells(attention.window);
        // Without flash attention V is stored transposed, with rows as wide as the widest layer's.
        const std::int64_t values = flash_attention ? attention.value_values() : widest_values;
        return {cache_tensor(settings.type_k, attention.key_values(), cells, settings),
                cache_tensor(settings.type_v, values, cells, settings), {}};
    }
    // The latent row is stored once, as K.
    LayerCache operator()(const LatentAttention& attention) const {
        LayerCache cache{cache_tensor(settings.type_k, attention.cached_values(), settings.stream_context(), settings), {}, {}};
        if (attention.indexer)
            cache.indexer = cache_tensor(settings.type_k, attention.indexer->key_length, settings.stream_context(), settings);
        return cache;
    }
    // The rows are stored once, as K.
    LayerCache operator()(const CompressedRowsAttention& attention) const {
        const auto rows = [&](std::int64_t row, Tokens cells) { return own_rows(settings.type_k, row, cells); };
        LayerCache cache{rows(attention.head_length, settings.own_window_cells(attention.window)), {}, {}};
        if (attention.ratio == 0) return cache;
        const Tokens cells = compressed_cells(settings.stream_context(), attention.ratio);
        // Values to be summed, and scores to weigh them by.
        const auto sources = [&](std::int64_t row) {
            return own_rows(GgmlType::f32, attention.source_values(row), Tokens{attention.kept_tokens()}) * 2;
        };
        cache.keys += rows(attention.head_length, cells);
        cache.compressor = sources(attention.head_length);
        if (attention.indexer) {
            cache.indexer = rows(attention.indexer->key_length, cells);
            cache.compressor += sources(attention.indexer->key_length);
        }
        return cache;
    }
    // Without flash attention even layers that don't attend get rows of that width, unless the model is a hybrid.
    LayerCache operator()(const NoAttention&) const {
        if (flash_attention || hybrid) return {};
        return {{}, cache_tensor(settings.type_v, widest_values, settings.stream_context(), settings), {}};
    }

private:
    // A tensor with cells for each sequence, unified or not.
    Bytes own_rows(GgmlType type, std::int64_t row, Tokens cells) const {
        return cache_tensor(type, row, checked_mul(cells.count(), settings.sequences), settings.device);
    }
};

// One F32 row per sequence for the convolution and one for the state, whatever the type of the KV cache
// (src/llama-memory-recurrent.cpp).
Bytes recurrent_state(const Recurrent& recurrent, const EngineSettings& settings) {
    return std::visit(
        [&](const auto& kind) {
            Bytes sum;
            for (const std::int64_t row : {kind.conv_values(), kind.state_values()})
                sum += cache_tensor(GgmlType::f32, row, settings.sequences, settings.device);
            return sum;
        },
        recurrent);
}

LayerCache layer_cache(const LayerSpec& layer, const LayerCacheOf& attention_cache) {
    if (layer.next_token) return {};
    LayerCache cache = std::visit(attention_cache, layer.attention);
    if (layer.recurrent) cache.recurrent = recurrent_state(*layer.recurrent, attention_cache.settings);
    return cache;
}

}  // namespace

CachePlan plan_cache(const ModelSpec& model, const EngineSettings& settings) {
    CachePlan plan;
    plan.layers.reserve(model.layers.size());
    const bool hybrid = std::ranges::any_of(model.layers, [](const LayerSpec& layer) { return layer.recurrent.has_value(); });
    const LayerCacheOf attention_cache{settings, uses_flash_attention(model, settings), model.widest_values(), hybrid};
    for (const auto& layer : model.layers) plan.layers.push_back(layer_cache(layer, attention_cache));
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
