#include "fitcalc/model_spec.hpp"

#include <algorithm>

namespace fitcalc {
namespace {

template <class... Cases>
struct Overloaded : Cases... {
    using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;  // clang 14 deduces none for an aggregate

}  // namespace

std::int64_t ModelSpec::heads() const {
    if (layers.empty()) return 0;
    return std::visit([](const auto& attention) { return attention.heads; }, layers.front().attention);
}

// With latent attention llama.cpp sees one KV head: the compressed row.
std::int64_t ModelSpec::kv_heads() const {
    if (layers.empty()) return 0;
    return std::visit(Overloaded{[](const FullAttention& full) { return full.kv_heads; },
                                 [](const LatentAttention&) { return std::int64_t{1}; },
                                 [](const CompressedRowsAttention&) { return std::int64_t{1}; },
                                 [](const NoAttention& none) { return none.kv_heads; }},
                      layers.front().attention);
}

std::int64_t ModelSpec::widest_values() const {
    std::int64_t widest = 0;
    for (const auto& layer : layers)
        if (const auto* full = std::get_if<FullAttention>(&layer.attention))
            widest = std::max(widest, full->value_values());
    return widest;
}

std::int64_t ModelSpec::deepstack_layers() const { return std::ranges::count(layers, true, &LayerSpec::deepstack); }

std::int64_t ModelSpec::experts() const {
    for (const auto& layer : layers)
        if (const auto* moe = std::get_if<ExpertFeedForward>(&layer.feed_forward)) return moe->experts;
    return 0;
}

RoutedLayers routed_layers(const ModelSpec& model) {
    RoutedLayers routed;
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
        const LayerSpec& layer = model.layers[i];
        if (layer.next_token || !std::holds_alternative<ExpertFeedForward>(layer.feed_forward)) continue;
        const Layers before{static_cast<std::int64_t>(i)};
        if (routed.end == Layers{}) routed.first = before;
        routed.end = before + Layers{1};
    }
    return routed;
}

}  // namespace fitcalc
