// What vLLM and SGLang need for every architecture, whether or not they serve it yet: weights of each stage's GPUs in
// every format, pages of the cache, and what is left of a card.
#include "fitcalc/serving_catalog.hpp"
#include "fitcalc/tensor.hpp"
#include "support/snapshot.hpp"

using namespace fitcalc;

namespace {

constexpr Parallelism layouts[] = {
    {1, 1, 1, false}, {2, 1, 1, false}, {2, 2, 1, false}, {8, 1, 1, true}, {1, 3, 1, false}};

std::string name_of(const Parallelism& p) {
    return "tp" + std::to_string(p.tensor) + " pp" + std::to_string(p.pipeline) + (p.experts ? " ep" : "");
}

void add_weights(std::string& text, const ModelSpec& model, const CheckpointInventory& inventory) {
    for (const CheckpointFormat& format : checkpoint_formats()) {
        const StoredCheckpoint stored{inventory, format};
        text += "  " + std::string(format.name) + " " + std::to_string(stored.file().count());
        for (const Parallelism& layout : layouts) {
            if (!check_parallelism(model, stored, layout)) continue;
            text += " | " + name_of(layout);
            for (const Bytes bytes : weights_per_gpu(model, stored, layout))
                text += " " + std::to_string(bytes.count());
        }
        text += "\n";
    }
}

void add_cache(std::string& text, const ModelSpec& model, const Parallelism& layout, const CacheRules& rules) {
    const auto cache = CacheLayout::create(model, layout, rules);
    text += "  cache, " + name_of(layout) + (rules.paged ? ", pages" : ", tokens") +
            (rules.type == CacheType::fp8 ? ", fp8" : "") + ":";
    if (!cache) {
        text += " " + cache.error().message + "\n";
        return;
    }
    for (const PagedGroup& group : cache->groups())
        text += " " + std::to_string(static_cast<int>(group.kind)) + "/" + std::to_string(group.block) + "/" +
                std::to_string(group.window) + "/" + std::to_string(group.states) + "x" +
                std::to_string(group.layers.size());
    for (std::size_t stage = 0; stage < cache->stages(); ++stage)
        text += " | " + std::to_string(cache->block_bytes(stage).count()) + " " +
                std::to_string(cache->token_bytes(stage).count()) + " " +
                std::to_string(cache->state_bytes(stage).count());
    const std::vector<Bytes> room(cache->stages(), GiB * 20);
    text += " | " + std::to_string(cache->blocks(room)) + " blocks, " +
            std::to_string(cache->blocks_of_sequence(Tokens{10'000}, Tokens{2048})) + " of a sequence\n";
}

void add_plans(std::string& text, const ModelSpec& model, const CheckpointInventory& inventory) {
    const StoredCheckpoint stored{inventory, *checkpoint_format("fp8")};
    for (const ServingEngine& engine : serving_engines())
        for (const std::int64_t gib : {24, 80}) {
            ServingSettings settings;
            settings.context = std::min(Tokens{32768}, model.context_length);
            settings.sequences = 32;
            settings.utilization =
                engine.utilization > 0 ? engine.utilization : fraction_defaults(GiB * gib, {}).fraction;
            settings.cache.paged = engine.paged;
            settings.cache.block = engine.block;
            const auto plan = plan_serving(model, inventory, weights_per_gpu(model, stored, {}), settings,
                                           engine.coefficients, engine.rule, GiB * gib);
            text += "  " + std::string(engine.name) + " on " + std::to_string(gib) + " GiB: ";
            if (plan)
                text += std::to_string(plan->activation.count()) + " + " + std::to_string(plan->non_torch.count()) +
                        " + " + std::to_string(plan->graphs.count()) + ", pool " + std::to_string(plan->pool.count()) +
                        " (" + std::to_string(plan->pool_low.count()) + "-" + std::to_string(plan->pool_high.count()) +
                        ") of " + std::to_string(plan->pool_tokens.count()) + " tokens, longest " +
                        std::to_string(plan->longest.count()) + (plan->starts ? "\n" : ", does not start\n");
            else
                text += plan.error().message + "\n";
        }
}

void add_serving(std::string& text, const ModelSpec& model) {
    const CheckpointInventory inventory = checkpoint_inventory(model, tensor_inventory(model), {});
    add_weights(text, model, inventory);
    for (const Parallelism& layout : layouts)
        for (const bool paged : {true, false}) {
            CacheRules rules;
            rules.paged = paged;
            add_cache(text, model, layout, rules);
        }
    CacheRules rules;
    rules.type = CacheType::fp8;
    rules.prefix_caching_states = true;
    add_cache(text, model, {}, rules);
    add_plans(text, model, inventory);
}

}  // namespace

TEST_CASE("serving of one model of every architecture", "[snapshot]") {
    test::check_snapshot("serving.txt", test::text_of_models(test::ModelsOf::catalog, add_serving));
}
