#include <algorithm>
#include <cmath>

#include "fitcalc/serving.hpp"

namespace fitcalc {
namespace {

Bytes rounded(double bytes) { return Bytes{static_cast<std::int64_t>(std::llround(bytes))}; }

Bytes times(Bytes bytes, double factor) { return rounded(static_cast<double>(bytes.count()) * factor); }

// 16-bit values that a layer's feed-forward network holds for one token at once, on one GPU.
double network_values(const FeedForward& network, std::int64_t embedding, const Parallelism& parallelism) {
    const auto share = [&](std::int64_t length) { return static_cast<double>(length) / static_cast<double>(parallelism.tensor); };
    // Gate and up, then their product.
    if (const auto* dense = std::get_if<DenseFeedForward>(&network)) return 3 * share(dense->length);
    const auto* experts = std::get_if<ExpertFeedForward>(&network);
    if (!experts) return 0;
    // Each chosen expert's rows: gate and up in the same memory as what comes out, and their product.
    const double length = parallelism.experts ? static_cast<double>(experts->length) : share(experts->length);
    const double routed = static_cast<double>(experts->used) * (std::max(2 * length, static_cast<double>(embedding)) + length);
    return routed + 3 * share(experts->shared_length);
}

// From where on vLLM takes a card for a large one (vLLM 0.27, vllm/engine/arg_utils.py, get_batch_defaults).
constexpr Bytes large_card = GiB * 70;

const MeasuredBytes& non_torch(const ServingCoefficients& c, const Parallelism& p, Bytes total) {
    if (p.gpus_of_replica() == 1) return c.non_torch_single;
    return total < large_card ? c.non_torch_several : c.non_torch_large;
}

// Sequences of `context` tokens that fit at once.
double concurrency(const CacheLayout& layout, const std::vector<Bytes>& pool, const ServingSettings& settings) {
    double least = -1;
    if (settings.cache.paged) {
        const std::int64_t each = layout.blocks_of_sequence(settings.context, settings.batch);
        least = each > 0 ? static_cast<double>(layout.blocks(pool)) / static_cast<double>(each) : 0;
    } else {
        for (std::size_t stage = 0; stage < layout.stages(); ++stage) {
            const Bytes each = layout.token_bytes(stage) * settings.context.count() + layout.state_bytes(stage);
            if (each <= Bytes{}) continue;
            const double here = std::max(0.0, static_cast<double>(pool[stage].count()) / static_cast<double>(each.count()));
            least = least < 0 ? here : std::min(least, here);
        }
    }
    return std::max(0.0, least);
}

Tokens longest(const CacheLayout& layout, const std::vector<Bytes>& pool, const ServingSettings& settings, Tokens most) {
    if (settings.cache.paged) return layout.longest(layout.blocks(pool), settings.batch, most);
    std::int64_t tokens = most.count();
    for (std::size_t stage = 0; stage < layout.stages(); ++stage) {
        const Bytes left = pool[stage] - layout.state_bytes(stage);
        if (layout.token_bytes(stage) > Bytes{}) tokens = std::min(tokens, std::max<std::int64_t>(0, left / layout.token_bytes(stage)));
    }
    return Tokens{tokens};
}

// As the engine reports its pool: the whole sequences' tokens, and a part of one more's.
Tokens pool_tokens(double concurrency, Tokens context) {
    return Tokens{static_cast<std::int64_t>(concurrency * static_cast<double>(context.count()))};
}

Bytes sequence_bytes(const CacheLayout& layout, std::size_t stage, const ServingSettings& settings) {
    if (settings.cache.paged) return layout.block_bytes(stage) * layout.blocks_of_sequence(settings.context, settings.batch);
    return layout.token_bytes(stage) * settings.context.count() + layout.state_bytes(stage);
}

std::vector<Bytes> less(const std::vector<Bytes>& pool, Bytes taken) {
    std::vector<Bytes> out;
    out.reserve(pool.size());
    for (const Bytes bytes : pool) out.push_back(bytes - taken);
    return out;
}

}  // namespace

Bytes activation_peak(const ModelSpec& model, const CheckpointInventory& inventory, const ServingSettings& settings,
                      const ServingCoefficients& coefficients) {
    double widest = 0;
    for (const LayerSpec& layer : model.layers)
        if (!layer.next_token) widest = std::max(widest, network_values(layer.feed_forward, model.embedding_length, settings.parallelism));
    const double hidden = coefficients.hidden_copies * static_cast<double>(model.embedding_length);
    const double batch = 2 * static_cast<double>(settings.batch.count()) * (widest + hidden);
    const double sampling = 4 * coefficients.logits_copies * static_cast<double>(std::min(settings.sequences, settings.batch.count())) *
                            static_cast<double>(model.vocab_size);
    double vision = 0;
    for (const CheckpointModule& module : inventory.modules)
        if (module.kind == ModuleKind::vision) vision += 2 * coefficients.vision_copies * static_cast<double>(module.params().count());
    return rounded(std::max({batch, sampling, vision}));
}

FractionDefaults fraction_defaults(Bytes total, const Parallelism& parallelism) {
    struct Tier {
        Bytes below;
        std::int64_t chunk, graph_batch, graph_batch_wide;  // wide: four GPUs and more
    };
    static constexpr Tier tiers[] = {
        {GiB * 20, 2048, 8, 8}, {GiB * 35, 2048, 24, 80}, {GiB * 60, 4096, 32, 160}, {GiB * 160, 8192, 256, 512}};
    const std::int64_t mib = total / MiB;
    FractionDefaults out{0, Tokens{16384}, 512};
    const auto tier = std::ranges::find_if(tiers, [&](const Tier& t) { return total < t.below; });
    if (tier != std::end(tiers)) out = {0, Tokens{tier->chunk}, parallelism.tensor < 4 ? tier->graph_batch : tier->graph_batch_wide};
    const double reserved = 512 + 1.5 * static_cast<double>(out.chunk.count()) +
                      2 * static_cast<double>(out.graph_batch) + 128 * static_cast<double>(parallelism.gpus_of_replica());
    out.fraction = std::round(1000 * (1 - reserved / static_cast<double>(std::max<std::int64_t>(1, mib)))) / 1000;
    return out;
}

Result<ServingPlan> plan_serving(const ModelSpec& model, const CheckpointInventory& inventory, const std::vector<Bytes>& weights,
                                 const ServingSettings& settings, const ServingCoefficients& coefficients, BudgetRule rule,
                                 Bytes total) {
    const auto layout = CacheLayout::create(model, settings.parallelism, settings.cache);
    if (!layout) return tl::unexpected(layout.error());
    const MeasuredBytes& outside = non_torch(coefficients, settings.parallelism, total);
    ServingPlan plan;
    plan.total = total;
    plan.activation = activation_peak(model, inventory, settings, coefficients);
    plan.non_torch = outside.typical;
    plan.graphs = coefficients.graphs.typical;
    Bytes taken, most_taken, least_taken;
    if (rule == BudgetRule::profiled) {
        plan.budget = times(total, settings.utilization);
        taken = plan.activation + plan.non_torch + plan.graphs;
        most_taken = times(plan.activation, coefficients.activation_spread) + outside.high + coefficients.graphs.high;
        least_taken = times(plan.activation, 1 / coefficients.activation_spread) + outside.low + coefficients.graphs.low;
    } else {
        // Of what was free before loading; scratch and graphs live in the rest.
        plan.budget = times(total - outside.typical, settings.utilization);
        most_taken = outside.high - outside.typical;
        least_taken = outside.low - outside.typical;
    }
    std::vector<Bytes> pool;
    pool.reserve(weights.size());
    for (const Bytes each : weights) pool.push_back(plan.budget - each - taken);
    const auto fullest = static_cast<std::size_t>(std::ranges::min_element(pool) - pool.begin());
    plan.weights = weights[fullest];
    plan.pool = pool[fullest];
    plan.pool_low = plan.pool - (most_taken - taken);
    plan.pool_high = plan.pool - (least_taken - taken);
    plan.pool_blocks = layout->blocks(pool);
    plan.concurrency = concurrency(*layout, pool, settings);
    plan.concurrency_low = concurrency(*layout, less(pool, most_taken - taken), settings);
    plan.concurrency_high = concurrency(*layout, less(pool, least_taken - taken), settings);
    plan.pool_tokens = pool_tokens(plan.concurrency, settings.context);
    plan.longest = longest(*layout, pool, settings, model.context_length);
    plan.cache_of_sequence = sequence_bytes(*layout, fullest, settings);
    plan.starts = plan.pool > Bytes{} && plan.concurrency >= 1;
    return plan;
}

}  // namespace fitcalc
