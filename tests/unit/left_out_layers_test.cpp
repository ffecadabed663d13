// Equal layers that the simulation leaves out change nothing: against the graph of all layers.
#include "core/graph/batch.hpp"
#include "core/graph/scheduler.hpp"
#include "core/graph/simulate.hpp"
#include "support/catch.hpp"
#include "support/reference.hpp"

using namespace fitcalc;
using namespace fitcalc::graph;

namespace {

// Blocks dealt out evenly, the output stage on the last device.
GraphPlan evenly(const ModelSpec& model, std::size_t devices) {
    GraphPlan plan;
    plan.host = static_cast<Backend>(devices);
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
        LayerPlace place;
        place.backend = place.experts = place.cache = static_cast<Backend>(i * devices / model.layers.size());
        plan.layers.push_back(place);
    }
    plan.output_backend = static_cast<Backend>(devices - 1);
    return plan;
}

std::vector<std::int64_t> with_all_layers(const ModelSpec& model, const EngineSettings& settings, GraphPlan plan, int copies) {
    plan.stride = model.layers.size();
    auto [graph, left_out] = build_graph(model, batch_of(model, settings), plan);
    CHECK(left_out.empty());
    std::vector<std::int64_t> alignments(plan.host + std::size_t{1}, 128);
    alignments.back() = 32;
    const Schedule scheduled = schedule(graph, copies);
    return buffer_sizes(graph, scheduled, alignments, left_out).bytes;
}

}  // namespace

TEST_CASE("layers that are left out of the graph change no buffer") {
    for (const test::ReferenceModel& reference : test::reference_models()) {
        const ModelSpec model = test::spec_of(reference);
        for (const std::size_t devices : {1U, 2U, 3U, 5U, 8U}) {
            const int copies = devices > 1 ? pipeline_copies : 1;
            INFO(reference.id << " on " << devices);
            const GraphPlan plan = evenly(model, devices);
            const auto all = with_all_layers(model, {}, plan, copies);
            for (const std::size_t first_stride : {1U, 2U, 4U}) {
                INFO("stride from " << first_stride);
                GraphPlan shortened = plan;
                shortened.stride = first_stride;
                const auto quick = simulate(model, {}, shortened, copies);
                REQUIRE(quick);
                CHECK(*quick == all);
            }
        }
    }
}
