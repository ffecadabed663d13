// What ggml asserts of an operation's sources (ggml/src/ggml.c at de3ff81) holds in the graphs of all architectures.
#include <algorithm>
#include <set>

#include "core/graph/batch.hpp"
#include "core/graph/model_graph.hpp"
#include "fitcalc/architecture.hpp"
#include "fitcalc/catalog.hpp"
#include "support/catch.hpp"

namespace fitcalc::graph {
namespace {

// ggml_can_repeat: `a` fills `b` so many times.
bool repeats(const Node& a, const Node& b) {
    return std::ranges::equal(a.ne, b.ne, [](std::int64_t x, std::int64_t y) { return x > 0 && y % x == 0; });
}

// ggml_can_mul_mat
bool multiplies(const Node& a, const Node& b) {
    return a.ne[0] == b.ne[0] && b.ne[2] % a.ne[2] == 0 && b.ne[3] % a.ne[3] == 0;
}

// No two values at one place. Dimensions of one value don't step anywhere.
bool apart(const Node& node) {
    std::vector<std::pair<std::int64_t, std::int64_t>> steps;  // bytes from one to the next, how many
    for (std::size_t i = 0; i < node.ne.size(); ++i)
        if (node.ne[i] > 1) steps.emplace_back(node.nb[i], i == 0 ? whole_blocks(traits(node.type), node.ne[i]) : node.ne[i]);
    std::ranges::sort(steps);
    std::int64_t taken = traits(node.type).block_bytes;
    for (const auto& [step, count] : steps) {
        if (step < taken) return false;
        taken += step * (count - 1);
    }
    return true;
}

// A view steps as its source does, or over the whole of another of its own dimensions, or divides a step of its source.
bool steps_of_its_source(const Node& view, const Node& source) {
    std::set<std::int64_t> steps(source.nb.begin(), source.nb.end());
    steps.insert(traits(view.type).block_bytes);
    for (std::size_t i = 0; i < view.ne.size(); ++i)
        steps.insert(view.nb[i] * (i == 0 ? whole_blocks(traits(view.type), view.ne[i]) : view.ne[i]));
    for (std::size_t i = 0; i < view.ne.size(); ++i)
        if (view.ne[i] > 1 && !steps.contains(view.nb[i]) && std::ranges::find(source.nb, view.nb[i] * view.ne[i]) == source.nb.end())
            return false;
    return true;
}

// The values of a row lie one beside the other: nb[0] is the type's size.
bool whole_rows(const Node& node) { return node.ne[0] == 1 || node.nb[0] == traits(node.type).block_bytes; }

// ggml_is_transposed
bool transposed(const Node& node) { return node.nb[0] > node.nb[1]; }

// The same but for one dimension, along which they can be joined.
bool joins(const Node& a, const Node& b) {
    int different = 0;
    for (std::size_t i = 0; i < a.ne.size(); ++i) different += a.ne[i] != b.ne[i];
    return different <= 1;
}

// No sequence's cache serves another's queries.
bool of_all_sequences(const Graph& graph, const Node& cache, const Node& queries) {
    return !cache.is_view() || !graph.at(cache.view_of).external || cache.ne[3] == queries.ne[3];
}

bool masks(const Node& mask, const Node& scores) {
    return scores.ne[2] % mask.ne[2] == 0 && scores.ne[3] % mask.ne[3] == 0;
}

// Why the operation could not be; empty if it could.
std::string reason_against(const Graph& graph, const Node& node) {
    const auto sources = node.sources();
    const auto source = [&](std::size_t i) -> const Node& { return graph.at(sources[i]); };
    if (std::ranges::any_of(node.ne, [](std::int64_t n) { return n < 0; })) return "a negative dimension";
    if (node.is_view() && span_of(node) > span_of(graph.at(node.view_of))) return "a view beyond its tensor";
    if (node.is_view() && !apart(node)) return "a view with two values at one place";
    if (node.op == Op::view && !steps_of_its_source(node, source(0))) return "a view with steps of its own";
    switch (node.op) {
        case Op::set_rows:
            if (source(0).ne[0] != source(2).ne[0]) return "rows of another length are stored";
            if (source(0).ne[1] != source(1).ne[0]) return "as many numbers as rows are needed";
            if (source(0).ne[2] != source(2).ne[2] || source(0).ne[3] != source(2).ne[3]) return "another number of matrices";
            if (!whole_rows(source(0)) || !whole_rows(source(2))) return "rows that lie apart";
            break;
        case Op::add:
        case Op::sub:
        case Op::mul:
        case Op::div:
            if (sources.size() == 2 && !repeats(source(1), source(0))) return "the second does not repeat into the first";
            break;
        case Op::mul_mat:
            if (sources.size() == 2 && !multiplies(source(0), source(1))) return "matrices that don't go together";
            if (transposed(source(0))) return "a transposed matrix";
            if (sources.size() == 2 && !of_all_sequences(graph, source(0), source(1))) return "a cache of other sequences";
            break;
        case Op::flash_attn_ext:
            if (!multiplies(source(1), source(0))) return "keys and queries that don't go together";
            if (source(1).ne[1] != source(2).ne[1]) return "not as many values as keys";
            if (!of_all_sequences(graph, source(1), source(0)) || !of_all_sequences(graph, source(2), source(0)))
                return "a cache of other sequences";
            if (sources.size() > 3 && (source(3).ne[0] != source(1).ne[1] || source(3).ne[1] < source(0).ne[1]))
                return "a mask of another shape";
            if (sources.size() > 3 && !masks(source(3), source(0))) return "a mask of other sequences";
            for (std::size_t i = 0; i < 3; ++i)
                if (!whole_rows(source(i))) return "rows that lie apart";
            break;
        case Op::soft_max:
            if (sources.size() > 1 && (source(1).ne[0] != source(0).ne[0] || source(1).ne[1] < source(0).ne[1]))
                return "a mask of another shape";
            if (sources.size() > 1 && !masks(source(1), source(0))) return "a mask of other sequences";
            break;
        case Op::norm:
        case Op::rms_norm:
        case Op::rope:
            if (!whole_rows(source(0))) return "rows that lie apart";
            break;
        case Op::get_rows:
            if (sources.size() == 2 && (source(0).ne[2] != source(1).ne[1] || source(0).ne[3] != source(1).ne[2]))
                return "rows of other matrices";
            break;
        case Op::glu:
            if (sources.size() == 2 && source(0).ne != source(1).ne) return "gate and rows of different shapes";
            break;
        case Op::cont:
        case Op::cpy:
            if (elements(node.ne) != elements(source(0).ne)) return "a copy of another size";
            break;
        case Op::concat:
            if (elements(node.ne) != elements(source(0).ne) + elements(source(1).ne)) return "not the sum of its parts";
            if (!joins(source(0), source(1))) return "parts that don't go together";
            break;
        default: break;
    }
    return {};
}

std::string shape(const Node& node) {
    std::string text = std::to_string(static_cast<int>(node.op)) + " [";
    for (const std::int64_t n : node.ne) text += std::to_string(n) + " ";
    return text + "]";
}

void check(const ModelSpec& model, const EngineSettings& settings) {
    GraphPlan plan;
    plan.layers.resize(model.layers.size());
    const auto [graph, left_out] = build_graph(model, batch_of(model, settings), plan);
    for (const NodeId id : graph.order()) {
        const Node& node = graph.at(id);
        const std::string reason = reason_against(graph, node);
        if (reason.empty()) continue;
        std::string sources;
        for (const NodeId each : node.sources()) sources += " " + shape(graph.at(each));
        FAIL_CHECK("node " << id << ": " << reason << ": " << shape(node) << " of" << sources);
    }
}

}  // namespace

TEST_CASE("graphs hold what ggml asserts of every operation") {
    const Catalog catalog;
    std::set<std::string_view> seen;
    for (const ModelRecord* record : catalog.models()) {
        const auto spec = describe_model(record->architecture, record->dimensions());
        if (!spec || !seen.insert(record->architecture).second) continue;
        for (const bool flash_attention : {true, false})
            for (const std::int64_t sequences : {1, 3}) {
                EngineSettings settings;
                settings.flash_attention = flash_attention;
                settings.sequences = sequences;
                settings.context = Tokens{4096};
                INFO(record->id << ", flash attention " << flash_attention << ", sequences " << sequences);
                check(*spec, settings);
            }
    }
    CHECK(seen.size() > 40);
}

TEST_CASE("what was read of a node stays readable while thousands of others are added") {
    Graph graph{1};
    const NodeId first = graph.input(GgmlType::f32, {5, 4, 3, 2});
    const Extents& shape = graph.at(first).ne;
    for (int i = 0; i < 20'000; ++i) graph.same_as(Op::add, first, first);
    CHECK(shape == Extents{5, 4, 3, 2});
    CHECK(graph.at(first).ne == shape);
    CHECK(graph.at(static_cast<NodeId>(graph.size() - 1)).ne == shape);
}

}  // namespace fitcalc::graph
