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

// Why the operation could not be; empty if it could.
std::string reason_against(const Graph& graph, const Node& node) {
    const auto sources = node.sources();
    const auto source = [&](std::size_t i) -> const Node& { return graph.at(sources[i]); };
    if (std::ranges::any_of(node.ne, [](std::int64_t n) { return n < 0; })) return "a negative dimension";
    if (node.is_view() && span_of(node) > span_of(graph.at(node.view_of))) return "a view beyond its tensor";
    switch (node.op) {
        case Op::set_rows:
            if (source(0).ne[0] != source(2).ne[0]) return "rows of another length are stored";
            if (source(0).ne[1] != source(1).ne[0]) return "as many numbers as rows are needed";
            break;
        case Op::add:
        case Op::sub:
        case Op::mul:
        case Op::div:
            if (sources.size() == 2 && !repeats(source(1), source(0))) return "the second does not repeat into the first";
            break;
        case Op::mul_mat:
            if (sources.size() == 2 && !multiplies(source(0), source(1))) return "matrices that don't go together";
            break;
        case Op::flash_attn_ext:
            if (!multiplies(source(1), source(0))) return "keys and queries that don't go together";
            if (source(1).ne[1] != source(2).ne[1]) return "not as many values as keys";
            if (sources.size() > 3 && (source(3).ne[0] != source(1).ne[1] || source(3).ne[1] < source(0).ne[1]))
                return "a mask of another shape";
            break;
        case Op::soft_max:
            if (sources.size() > 1 && (source(1).ne[0] != source(0).ne[0] || source(1).ne[1] < source(0).ne[1]))
                return "a mask of another shape";
            break;
        case Op::cont:
        case Op::cpy:
            if (elements(node.ne) != elements(source(0).ne)) return "a copy of another size";
            break;
        case Op::concat:
            if (elements(node.ne) != elements(source(0).ne) + elements(source(1).ne)) return "not the sum of its parts";
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

}  // namespace fitcalc::graph
