// Published configurations through the importer: parameter counts against those found independently, and dimensions
// and weights against llama.cpp's own headers where it has them.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "fitcalc/architecture.hpp"
#include "fitcalc/quant_scheme.hpp"
#include "importers/hf_config.hpp"
#include "support/catch.hpp"
#include "support/reference.hpp"

using namespace fitcalc;
using namespace fitcalc::test;

namespace {

struct Published {
    std::string repo;
    std::string kind;             // verbatim, partial (a table of dimensions) or memory
    std::int64_t parameters = 0;  // of the language model without next-token layers; 0 where unknown
    std::string config;
};

const std::vector<Published>& published() {
    static const std::vector<Published> all = [] {
        std::vector<Published> out;
        std::ifstream stream(FITCALC_TEST_REFERENCE "/configs/configs.jsonl");
        for (std::string line; std::getline(stream, line);) {
            const auto row = nlohmann::json::parse(line);
            const auto& count = row["parameters_computed"];
            out.push_back(
                {row["repo"], row["kind"], count.is_null() ? 0 : count.get<std::int64_t>(), row["config"].dump()});
        }
        return out;
    }();
    return all;
}

// Next-token layers, which the counts leave out, aside.
std::int64_t main_parameters(const ModelSpec& model) {
    std::int64_t count = 0;
    for (const Tensor& tensor : tensor_inventory(model).tensors)
        if (!tensor.layer || !model.layers[static_cast<std::size_t>(*tensor.layer)].next_token)
            count += tensor.params().count();
    return count;
}

// Counts made from the dimensions leave some norms and biases out.
constexpr double count_tolerance = 0.001;

// Counts that are themselves wrong: they charge a tied matrix twice, or every head with keys of its own.
const std::set<std::string> miscounted{"mosaicml/mpt-7b", "tiiuae/falcon-7b-instruct"};

// Sources that state another size than the released model has.
const std::set<std::string> misstated{"google/gemma-3-12b-it"};

// What tables of dimensions and recalled configurations don't have.
const std::set<std::string> untabulated{"context_length", "rope_factors", "rope_long_factors", "expert_weights_norm"};

struct Values {
    std::map<std::string, std::vector<std::uint32_t>>& out;

    template <class T>
    void operator()(const char* name, const std::optional<T>& value) const {
        if (value) out[name] = {static_cast<std::uint32_t>(*value)};
    }
    void operator()(const char* name, const PerLayer& value) const {
        if (!value.known()) return;
        const auto& all = value.values();
        const bool same = std::ranges::all_of(all, [&](std::uint32_t v) { return v == all.front(); });
        out[name] = same ? std::vector{all.front()} : all;
    }
};

std::map<std::string, std::vector<std::uint32_t>> values_of(const Dimensions& dimensions) {
    std::map<std::string, std::vector<std::uint32_t>> out;
    visit_dimensions(dimensions, Values{out});
    return out;
}

Bytes sum_of(const TensorInventory& inventory, const std::vector<GgmlType>& types) {
    Bytes sum;
    for (std::size_t i = 0; i < types.size(); ++i) sum += inventory.tensors[i].bytes_as(types[i]);
    return sum;
}

}  // namespace

TEST_CASE("parameter counts of the published configurations") {
    struct Tally {
        int configs = 0, agree = 0, uncounted = 0;
        std::string off;
    };
    std::map<std::string, Tally> by_architecture;
    int unreadable = 0;
    for (const Published& each : published()) {
        const auto config = import_hf_config(each.config, each.repo);
        if (!config) {
            ++unreadable;
            continue;
        }
        if (!find_architecture(config->architecture)) continue;
        Tally& tally = by_architecture[config->architecture];
        ++tally.configs;
        const auto model = describe_model(config->architecture, config->dimensions);
        if (!model) {
            tally.off += "\n    " + each.repo + ": " + model.error().message;
            continue;
        }
        if (each.parameters == 0 || miscounted.contains(each.repo)) {
            ++tally.uncounted;
            continue;
        }
        const std::int64_t computed = main_parameters(*model);
        const double apart = std::abs(static_cast<double>(computed) / static_cast<double>(each.parameters) - 1);
        if (apart <= count_tolerance)
            ++tally.agree;
        else
            tally.off += "\n    " + each.repo + " (" + each.kind + "): " + std::to_string(computed) + ", expected " +
                         std::to_string(each.parameters);
    }
    std::printf("%-34s %8s %8s %8s %8s\n", "configurations", "read", "agree", "no count", "off");
    for (const auto& [name, tally] : by_architecture) {
        const int off = tally.configs - tally.agree - tally.uncounted;
        std::printf("  %-32s %8d %8d %8d %8d%s\n", name.c_str(), tally.configs, tally.agree, tally.uncounted, off,
                    tally.off.c_str());
        INFO(name + tally.off);
        CHECK(off == 0);
    }
    CHECK(by_architecture.size() >= 4);
    // The rest of the collection: tables without a size that matters, or classes that llama.cpp doesn't convert.
    CHECK(published().size() == 534);
    CHECK(unreadable <= 27);
}

// Every field of real configurations replaced by every kind of nonsense: an answer or an error, never a crash, and
// nothing that the architectures can't take.
TEST_CASE("nonsense in any field is an error or an answer") {
    using nlohmann::json;
    const json nonsense[] = {-1,   0,       1,   3,  1ll << 27,     1ll << 62,           1e308,         0.5,
                             true, nullptr, "x", "", json::array(), json::array({0, 1}), json::object()};
    const auto import_and_describe = [](const json& config) {
        const auto imported = import_hf_config(config.dump(), "config.json");
        if (!imported) return !imported.error().message.empty();
        try {
            const auto model = describe_model(imported->architecture, imported->dimensions);
            return model || !model.error().message.empty();
        } catch (const ArithmeticOverflow&) {
            return true;  // which the command line reports
        }
    };
    std::size_t tried = 0;
    std::set<std::string> classes;
    for (const Published& each : published()) {
        const json whole = json::parse(each.config);
        const auto known = import_hf_config(each.config, each.repo);
        if (!known || !classes.insert(known->model_class).second) continue;
        const char* nested = whole.contains("text_config") ? "text_config" : nullptr;
        const json& level = nested ? whole[nested] : whole;
        for (const auto& [name, value] : level.items()) {
            for (const json& odd : nonsense) {
                json changed = whole;
                (nested ? changed[nested] : changed)[name] = odd;
                if (!import_and_describe(changed)) FAIL_CHECK(each.repo + ": " + name + " = " + odd.dump());
                ++tried;
            }
        }
    }
    CHECK(tried > 10'000);
}

TEST_CASE("imported dimensions are those of llama.cpp's headers, and the weights follow to the byte") {
    int compared = 0;
    for (const ReferenceModel& reference : reference_models()) {
        const auto found = std::ranges::find(published(), reference.huggingface, &Published::repo);
        if (found == published().end() || misstated.contains(found->repo)) continue;
        const auto config = import_hf_config(found->config, found->repo);
        if (!config) continue;  // the source lacks a size
        INFO(reference.id + " from " + found->repo + " (" + found->kind + ")");
        CHECK(config->architecture == reference.architecture);
        // One repository, two headers: with the tied matrix stored twice, as Hugging Face has it.
        if (reference.dimensions.tied_embeddings != config->dimensions.tied_embeddings) continue;
        const auto ours = values_of(config->dimensions), theirs = values_of(reference.dimensions);
        for (const auto& [name, value] : theirs) {
            INFO(name);
            const auto mine = ours.find(name);
            if (mine == ours.end() || untabulated.contains(name)) continue;
            CHECK(mine->second == value);
        }
        Dimensions dimensions = config->dimensions;
        dimensions.rope_factors = reference.dimensions.rope_factors;
        dimensions.rope_long_factors = reference.dimensions.rope_long_factors;
        const auto model = describe_model(config->architecture, dimensions);
        REQUIRE(model);
        const TensorInventory inventory = tensor_inventory(*model);
        CHECK(inventory.params() == reference.parameters);
        ++compared;
        const QuantPlanner planner{*model, inventory};
        for (const auto& [name, expected] : reference.weights) {
            INFO(name);
            const auto type = file_type_from_name(name);
            REQUIRE(type);
            CHECK(sum_of(inventory, planner.types(*type, false)) == expected.first);
            CHECK(sum_of(inventory, planner.types(*type, true)) == expected.second);
        }
    }
    CHECK(compared >= 20);
}
