// Serving engines' own logs and published checkpoints (tests/reference/serving.json) against what is computed.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "fitcalc/architecture.hpp"
#include "fitcalc/catalog.hpp"
#include "fitcalc/serving_catalog.hpp"
#include "support/catch.hpp"

using namespace fitcalc;
using nlohmann::json;

namespace {

constexpr double gib = 1073741824.0;

const json& reference() {
    static const json data = json::parse(std::ifstream(FITCALC_TEST_REFERENCE "/serving.json"));
    return data;
}

struct Model {
    ModelSpec spec;
    CheckpointInventory inventory;
    double next_token_outside = 0;  // parameters of a next-token block that the catalog's dimensions leave out
};

// nullptr: the catalog does not know it.
const Model* model_named(const std::string& name) {
    static const Catalog catalog;
    static std::map<std::string, std::unique_ptr<Model>> known;
    const auto [at, is_new] = known.try_emplace(name);
    if (!is_new || name.empty()) return at->second.get();
    const auto found = catalog.find_model(name);
    if (!found) return nullptr;
    auto spec = describe_model(found->record->architecture, found->record->dimensions());
    if (!spec) return nullptr;
    const PublishedCheckpoint* published = published_checkpoint(found->record->id);
    auto model = std::make_unique<Model>();
    model->inventory = checkpoint_inventory(*spec, tensor_inventory(*spec), Params{published ? published->vision_parameters : 0});
    model->spec = std::move(*spec);
    if (found->record->published_parameters)
        model->next_token_outside = std::max(0.0, static_cast<double>(*found->record->published_parameters) -
                                                      static_cast<double>(model->inventory.params().count()));
    at->second = std::move(model);
    return at->second.get();
}

const CheckpointFormat* format_of(const json& row) {
    return row["format"].is_string() ? checkpoint_format(row["format"].get<std::string>()) : nullptr;
}

double number(const json& row, const char* name) { return row.contains(name) && !row[name].is_null() ? row[name].get<double>() : 0; }

double median(std::vector<double> values) {
    REQUIRE_FALSE(values.empty());
    std::ranges::sort(values);
    const std::size_t half = values.size() / 2;
    return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

std::string version_of(const json& row) { return row.value("engine_version", ""); }

// Engines of before 2026 print blocks × their length; later ones what whole sequences come to.
Parallelism parallelism_of(const json& row) {
    Parallelism out;
    out.tensor = row.value("tp", 1);
    return out;
}

CacheType cache_type(const json& row) {
    const std::string stated = row.value("kv_cache_dtype", "");
    if (stated.starts_with("fp8")) return CacheType::fp8;
    return stated == "bf16" ? CacheType::half : CacheType::automatic;
}

// Memory that the engine sees: as printed, or the catalog's card less what the driver keeps.
std::optional<double> total_gib(const json& row) {
    if (row["total_GiB"].is_number()) return row["total_GiB"].get<double>();
    if (!row["gpu"].is_string()) return std::nullopt;
    static const Catalog catalog;
    const auto found = catalog.find_device(row["gpu"].get<std::string>());
    if (!found || !found->record->memory_bytes) return std::nullopt;
    const EngineRecord* engine = *catalog.find_engine("llama.cpp");
    return (static_cast<double>(*found->record->memory_bytes) - static_cast<double>(engine->driver_reserve("nvidia").count())) / gib;
}


// What the engine reports for a pool of so many bytes on each GPU.
double reported_tokens(const CacheLayout& layout, const ServingSettings& settings, double bytes) {
    if (!settings.cache.paged) return std::floor(bytes / static_cast<double>(layout.token_bytes(0).count()));
    const std::int64_t blocks = layout.blocks({Bytes{static_cast<std::int64_t>(bytes)}});
    if (layout.groups().size() == 1) return static_cast<double>(blocks * layout.groups().front().block);
    const std::int64_t each = layout.blocks_of_sequence(settings.context, settings.batch);
    return std::floor(static_cast<double>(blocks) / static_cast<double>(each) * static_cast<double>(settings.context.count()));
}

ServingSettings settings_of(const json& row, const Model& model) {
    ServingSettings settings;
    settings.parallelism = parallelism_of(row);
    settings.cache.type = cache_type(row);
    const ServingEngine& engine = *serving_engine(row["engine"] == "SGLang" ? "sglang" : "vllm");
    settings.cache.block = engine.block;
    settings.cache.latent_block = engine.latent_block;
    settings.cache.paged = engine.paged;
    settings.context = Tokens{row.value("max_model_len", model.spec.context_length.count())};
    return settings;
}

// The engine's first version profiled one whole sequence at once, up to 32k tokens.
bool first_engine(const json& row) { return version_of(row).find("V0") != std::string::npos || version_of(row).starts_with("v0.8"); }
bool counts_graphs(const json& row) {
    const std::string version = version_of(row);
    return version.find("2026") != std::string::npos || version.find("0.2") != std::string::npos;
}

void add_batch(const json& row, const Model& model, double total, ServingSettings& settings) {
    const bool large = total >= 70 && row["gpu"].is_string() && row["gpu"].get<std::string>().find("A100") == std::string::npos;
    settings.sequences = row.value("max_num_seqs", large && !first_engine(row) ? 1024 : 256);
    std::int64_t batch = large ? 8192 : 2048;
    if (first_engine(row)) batch = settings.context.count() > 32768 ? 2048 : std::max<std::int64_t>(2048, settings.context.count());
    settings.batch = Tokens{row.value("max_num_batched_tokens", batch)};
    settings.batch = std::min(settings.batch, model.spec.context_length);
}

double default_utilization(const json& row) { return counts_graphs(row) ? 0.92 : 0.9; }

}  // namespace

TEST_CASE("weights that serving engines load") {
    std::vector<double> errors;
    std::printf("model load per GPU, as engines print it\n");
    for (const json& row : reference()["memory"]) {
        const Model* model = model_named(row["model"]);
        const CheckpointFormat* format = format_of(row);
        if (!model || !format || number(row, "model_load_GiB") == 0) continue;
        const StoredCheckpoint stored{model->inventory, *format};
        const Parallelism parallelism = parallelism_of(row);
        REQUIRE(check_parallelism(model->spec, stored, parallelism));
        const double predicted = static_cast<double>(weights_per_gpu(model->spec, stored, parallelism).front().count()) / gib;
        const double printed = number(row, "model_load_GiB");
        const double error = 100 * (predicted - printed) / printed;
        std::printf("  %-8s %-28s %-12s TP %d  computed %7.3f GiB, printed %7.3f: %+5.2f %%\n", row["id"].get<std::string>().c_str(),
                    row["model"].get<std::string>().c_str(), std::string(format->name).c_str(), row.value("tp", 1), predicted, printed,
                    error);
        errors.push_back(std::abs(error));
    }
    std::printf("  rows %zu, median %.2f %%, worst %.2f %%\n", errors.size(), median(errors), *std::ranges::max_element(errors));
    CHECK(errors.size() >= 17);
    CHECK(median(errors) <= 1.0);
    CHECK(*std::ranges::max_element(errors) <= 4.0);
}

TEST_CASE("tokens of a cache of known size in serving engines") {
    std::size_t rows = 0, exact = 0;
    std::printf("tokens from the printed size of the cache\n");
    for (const json& row : reference()["memory"]) {
        const Model* model = model_named(row["model"]);
        double cache = number(row, "kv_cache_GiB");
        if (cache == 0) cache = number(row, "kv_K_GB") + number(row, "kv_V_GB");
        const double printed = number(row, "kv_cache_tokens");
        if (!model || cache == 0 || printed == 0) continue;
        ServingSettings settings = settings_of(row, *model);
        // What the row doesn't state is tried over what the engine can have.
        std::vector<std::int64_t> batches{2048, 4096, 8192, 16384};
        if (row.contains("max_num_batched_tokens")) batches = {row["max_num_batched_tokens"].get<std::int64_t>()};
        double nearest = 0;
        bool within = false;
        for (const std::int64_t batch : batches)
            for (const bool prefix_caching : {false, true}) {
                settings.batch = Tokens{batch};
                settings.cache.prefix_caching_states = prefix_caching;
                const auto layout = CacheLayout::create(model->spec, settings.parallelism, settings.cache);
                REQUIRE(layout);
                const double low = reported_tokens(*layout, settings, (cache - 0.0051) * gib);
                const double high = reported_tokens(*layout, settings, (cache + 0.0051) * gib);
                const double middle = reported_tokens(*layout, settings, cache * gib);
                if (low <= printed && printed <= high) within = true;
                if (std::abs(middle - printed) < std::abs(nearest - printed)) nearest = middle;
            }
        std::printf("  %-8s %-28s %6.2f GiB  computed %9.0f, printed %9.0f%s\n", row["id"].get<std::string>().c_str(),
                    row["model"].get<std::string>().c_str(), cache, nearest, printed, within ? "" : "  not within the printed digits");
        ++rows;
        exact += within ? 1 : 0;
    }
    std::printf("  rows %zu, within the printed digits of the size %zu\n", rows, exact);
    CHECK(rows >= 10);
    // One row's two lines are of different workers: 178,880 tokens fill 8.02 GiB, not 8.11.
    CHECK(exact + 1 >= rows);
}

TEST_CASE("the cache that serving engines have left") {
    std::vector<double> errors;
    std::printf("cache pool per GPU, computed blind\n");
    for (const json& row : reference()["memory"]) {
        const Model* model = model_named(row["model"]);
        const CheckpointFormat* format = format_of(row);
        const double printed = number(row, "kv_cache_GiB");
        auto total = total_gib(row);
        if (!model || !format || printed == 0 || row["engine"] != "vLLM") continue;
        ServingSettings settings = settings_of(row, *model);
        settings.utilization = number(row, "gpu_memory_utilization");
        if (number(row, "requested_GiB") > 0) total = number(row, "requested_GiB") / settings.utilization;
        if (!total) continue;
        if (settings.utilization == 0) settings.utilization = default_utilization(row);
        add_batch(row, *model, *total, settings);
        ServingCoefficients coefficients = serving_engine("vllm")->coefficients;
        if (!counts_graphs(row) || row.value("enforce_eager", false) || row.contains("cuda_graph_profiling"))
            coefficients.graphs = {};
        const StoredCheckpoint stored{model->inventory, *format};
        const auto plan = plan_serving(model->spec, stored, settings, coefficients, BudgetRule::profiled,
                                       Bytes{static_cast<std::int64_t>(*total * gib)});
        REQUIRE(plan);
        const double predicted = static_cast<double>(plan->pool.count()) / gib;
        const double error = 100 * (predicted - printed) / printed;
        std::printf("  %-8s %-28s %5.2f × %6.2f: weights %6.2f activation %5.2f other %4.2f: computed %6.2f GiB, printed %6.2f: %+6.1f %%\n",
                    row["id"].get<std::string>().c_str(), row["model"].get<std::string>().c_str(), settings.utilization, *total,
                    static_cast<double>(plan->weights.count()) / gib, static_cast<double>(plan->activation.count()) / gib,
                    static_cast<double>((plan->non_torch + plan->graphs).count()) / gib, predicted, printed, error);
        errors.push_back(std::abs(error));
    }
    std::printf("  rows %zu, median %.1f %%, worst %.1f %%\n", errors.size(), median(errors), *std::ranges::max_element(errors));
    CHECK(errors.size() >= 8);
    CHECK(median(errors) <= 6.0);
}

TEST_CASE("published checkpoints of serving engines") {
    // Measured with one token of input and so many generated.
    constexpr std::int64_t tokens_in_memory = 2049;
    std::vector<double> errors, on_disk;
    std::printf("safetensors checkpoints: published size, or memory after loading with a small cache\n");
    for (const json& row : reference()["sizes"]) {
        const Model* model = model_named(row["model"]);
        const CheckpointFormat* format = format_of(row);
        if (!model || !format) continue;
        const StoredCheckpoint stored{model->inventory, *format};
        double predicted = static_cast<double>(stored.file().count());
        const bool loaded = row.value("loaded", false);
        if (loaded) {
            const auto cache = CacheLayout::create(model->spec, {}, {});
            REQUIRE(cache);
            predicted += static_cast<double>((cache->token_bytes(0) * tokens_in_memory).count());
        }
        const double published = row["size_bytes"].get<double>();
        const double error = 100 * (predicted - published) / published;
        std::printf("  %-46s %-12s computed %8.2f GB, %s %8.2f: %+6.2f %%%s\n", row["repository"].get<std::string>().c_str(),
                    std::string(format->name).c_str(), predicted / 1e9, loaded ? "loaded" : "on disk", published / 1e9, error,
                    row["approximate"].get<bool>() ? "  (printed as approximate)" : "");
        errors.push_back(std::abs(error));
        if (!loaded) on_disk.push_back(std::abs(error));
    }
    std::printf("  rows %zu, median %.2f %%; on disk %zu, median %.2f %%\n", errors.size(), median(errors), on_disk.size(),
                median(on_disk));
    CHECK(errors.size() >= 40);
    CHECK(median(errors) <= 1.5);
    CHECK(median(on_disk) <= 1.2);
}
