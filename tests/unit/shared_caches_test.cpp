// Layers that read an earlier layer's K and V (Gemma 3n) read those of its own kind, sliding window or not.
#include "core/placement/scratch.hpp"
#include "fitcalc/architecture.hpp"
#include "fitcalc/cache.hpp"
#include "fitcalc/catalog.hpp"
#include "support/catch.hpp"

using namespace fitcalc;

TEST_CASE("a layer without a cache of its own reads the last one of its kind") {
    const Catalog catalog;
    const ModelRecord* record = catalog.find_model("gemma-3n-e4b-it")->record;
    const ModelSpec model = describe_model(record->architecture, record->dimensions()).value();
    const auto parts = static_cast<std::int64_t>(model.layers.size()) + 1;
    EngineSettings settings;
    settings.context = Tokens{32768};
    const CachePlan cache = plan_cache(model, settings);
    const auto full = [&](std::size_t layer) { return std::get<FullAttention>(model.layers[layer].attention); };
    // Layer 18 has the last window's cache, 19 the last one of all tokens; those behind them read the two.
    REQUIRE((full(18).own_cache && full(18).window > 0));
    REQUIRE((full(19).own_cache && full(19).window == 0));
    REQUIRE_FALSE(full(20).own_cache);
    const auto second_device = [&](std::int64_t first) {
        std::size_t stride = 1;
        return split_buffers(model, settings, Layout{{first, parts - first}, 0}, nullptr, stride).value().devices[1];
    };
    // What the second device reads and doesn't have is copied there.
    const Bytes windows = cache.layers[18].attention(), all = cache.layers[19].attention();
    REQUIRE(all > windows * 8);
    const Bytes with_both = second_device(18), with_all = second_device(19), with_none = second_device(20);
    CHECK(with_all > with_both + windows);
    CHECK(with_all < with_both + all * 2);
    CHECK(with_none > with_all + all * 8);
}
