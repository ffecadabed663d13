// Weights that stay in host memory are sources of the operations that read them, in all architectures: where such an
// operation runs on a device, they are copied there.
#include <algorithm>
#include <map>
#include <set>

#include "core/graph/batch.hpp"
#include "core/graph/model_graph.hpp"
#include "core/placement/loaded_weights.hpp"
#include "fitcalc/architecture.hpp"
#include "fitcalc/catalog.hpp"
#include "support/catch.hpp"
#include "support/reference.hpp"

namespace fitcalc::graph {
namespace {

// Tensors of one shape and type can't be told apart in a graph.
struct Alike {
    std::set<std::string> names;
    std::int64_t there = 0, read = 0;
};
using ByShape = std::map<std::pair<Extents, GgmlType>, Alike>;

enum class OnHost { experts, layers };

ByShape weights_read(const ModelSpec& model, OnHost on_host) {
    const TensorInventory inventory = tensor_inventory(model);
    std::vector<GgmlType> types;
    for (const Tensor& tensor : inventory.tensors) types.push_back(tensor.type);
    const LoadedWeights loaded = loaded_weights(model, inventory, types);
    ByShape alike;
    GraphPlan plan;
    plan.stride = model.layers.size();  // none is left out
    for (const LoadedLayer& layer : loaded.layers) {
        const auto& weights = on_host == OnHost::experts ? layer.expert_tensors : layer.tensors;
        const Backend rest = on_host == OnHost::experts ? Backend{0} : plan.host;
        plan.layers.push_back({rest, plan.host, rest, weights});
        for (const HostWeight& weight : weights) {
            Alike& entry = alike[{weight.ne, weight.type}];
            entry.names.emplace(weight.name);
            ++entry.there;
        }
    }
    EngineSettings settings;
    settings.context = Tokens{4096};
    const auto [graph, left_out] = build_graph(model, batch_of(model, settings), plan);
    REQUIRE(left_out.empty());
    std::set<NodeId> leafs;
    for (const NodeId id : graph.order())
        for (const NodeId source : graph.at(id).sources())
            if (graph.at(source).weight) leafs.insert(source);
    for (const NodeId id : leafs) ++alike[{graph.at(id).ne, graph.at(id).type}].read;
    return alike;
}

std::string names_of(const Alike& alike) {
    std::string text;
    for (const std::string& name : alike.names) text += name + " ";
    return text;
}

// One model of each architecture.
template <class Check>
void for_each_architecture(Check check) {
    const Catalog catalog;
    std::set<std::string_view> seen;
    for (const ModelRecord* record : catalog.models()) {
        const auto spec = describe_model(record->architecture, record->dimensions());
        if (!spec || !seen.insert(record->architecture).second) continue;
        INFO(record->id << ", " << record->architecture);
        check(*spec);
    }
    CHECK(seen.size() > 40);
}

// Operations with states of their own run where their layer lies, and so do the factors of rows.
bool runs_with_its_layer(std::string_view name) {
    for (const char* part : {"ssm_", "shortconv.conv", "time_mix_", "hc_", "compressor_ape", "tid2eid", "layer_output_scale", "rope_freqs"})
        if (name.find(part) != name.npos) return true;
    return false;
}

}  // namespace

TEST_CASE("every weight of routed experts that is in host memory is read once") {
    for_each_architecture([](const ModelSpec& model) {
        for (const auto& [shape, alike] : weights_read(model, OnHost::experts)) {
            INFO(names_of(alike));
            CHECK(alike.read == alike.there);
        }
    });
}

TEST_CASE("the norm of Arctic's experts is none of them: it stays with its layer") {
    Dimensions dimensions = test::reference_model("llama-3.2-1b").dimensions;
    dimensions.expert_count = 8;
    dimensions.expert_used_count = 2;
    const ModelSpec model = describe_model("arctic", dimensions).value();
    const TensorInventory inventory = tensor_inventory(model);
    std::vector<GgmlType> types;
    for (const Tensor& tensor : inventory.tensors) types.push_back(tensor.type);
    std::set<std::string_view> experts;
    const LoadedWeights loaded = loaded_weights(model, inventory, types);
    for (const HostWeight& weight : loaded.layers.front().expert_tensors) experts.insert(weight.name);
    CHECK(experts == std::set<std::string_view>{"ffn_gate_exps.weight", "ffn_up_exps.weight", "ffn_down_exps.weight"});
    REQUIRE(inventory.find("blk.0.ffn_norm_exps.weight"));
    CHECK(inventory.find("blk.0.ffn_norm_exps.weight")->role == TensorRole::norm);
    CHECK(role_of("blk.0.ffn_gate_up_exps.weight") == TensorRole::routed_experts);
    CHECK(role_of("blk.0.ffn_down_exps.scale") == TensorRole::routed_experts);
}

TEST_CASE("every weight of a layer in host memory is read, but by operations that run there anyway") {
    for_each_architecture([](const ModelSpec& model) {
        // Next-token blocks are not run, and where an earlier layer's cache is read the file's own K and V are not.
        const auto leaves_unread = [](const LayerSpec& layer) {
            const auto* full = std::get_if<FullAttention>(&layer.attention);
            return layer.next_token || (full && !full->own_cache);
        };
        if (std::ranges::any_of(model.layers, leaves_unread)) return;
        for (const auto& [shape, alike] : weights_read(model, OnHost::layers)) {
            INFO(names_of(alike));
            if (std::ranges::none_of(alike.names, runs_with_its_layer)) CHECK(alike.read == alike.there);
            CHECK(alike.read <= alike.there);
        }
    });
}

TEST_CASE("rotary factors are read by layers that see the whole context") {
    const Catalog catalog;
    const ModelRecord& record = *catalog.find_model("gemma-4-12b-it")->record;
    const ModelSpec model = describe_model(record.architecture, record.dimensions()).value();
    const TensorInventory inventory = tensor_inventory(model);
    REQUIRE(inventory.find("rope_freqs.weight"));
    const std::vector<GgmlType> types(inventory.tensors.size(), GgmlType::f16);
    const LoadedWeights loaded = loaded_weights(model, inventory, types);
    std::int64_t whole = 0;
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
        const bool windowed = std::get<FullAttention>(model.layers[i].attention).window > 0;
        CHECK(loaded.layers[i].rope_factors == !windowed);
        whole += windowed ? 0 : 1;
    }
    CHECK(whole > 0);
    CHECK(whole < static_cast<std::int64_t>(model.layers.size()));
}

}  // namespace fitcalc::graph
