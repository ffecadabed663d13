// The rules of ggml's allocator and scheduler, one by one, on graphs small enough to lay out by hand.
#include "../../src/core/graph/allocator.hpp"
#include "../../src/core/graph/layer_runs.hpp"
#include "../support/catch.hpp"

namespace fitcalc::graph {
namespace {

constexpr Backend device = 0, host = 1;
constexpr std::int64_t unit = 1024;  // bytes of one tensor of 256 F32 values
constexpr Extents one_unit{256, 1, 1, 1};

// Everything on one device.
std::int64_t bytes_on_device(Graph& graph) {
    const std::array<std::int64_t, 2> alignments{128, 32};
    return buffer_sizes(graph, schedule(graph), alignments).bytes[device];
}

NodeId step(Graph& graph, NodeId a) {
    return graph.result(Op::mul_mat, GgmlType::f32, one_unit, {a});
}
NodeId sum(Graph& graph, NodeId a, NodeId b) {
    return graph.same_as(Op::add, a, b);
}

TEST_CASE("a tensor without rows leaves an empty block where its surroundings have become free") {
    BlockAllocator buffer{128};
    const std::int64_t first = buffer.allocate(128), empty = buffer.allocate(0), second = buffer.allocate(1024);
    const std::int64_t third = buffer.allocate(128);
    CHECK(empty == second);
    buffer.free(second, 1024);
    buffer.free(first, 128);
    buffer.free(empty, 0);
    // The empty block lies between the free space before the third tensor and the one behind it: they don't join.
    buffer.free(third, 128);
    CHECK(buffer.allocate(2560) == 1280);
    CHECK(buffer.peak() == 1280 + 2560);
}

TEST_CASE("blocks are aligned, and the buffer grows only when nothing fits") {
    BlockAllocator blocks{128};
    CHECK(blocks.allocate(1) == 0);
    CHECK(blocks.allocate(200) == 128);
    CHECK(blocks.peak() == 384);
    blocks.free(0, 1);
    CHECK(blocks.allocate(129) == 384);  // the hole of 128 bytes is too small
    CHECK(blocks.allocate(128) == 0);
    CHECK(blocks.peak() == 640);
}

TEST_CASE("the smallest block that fits is taken, the later one of equals") {
    BlockAllocator blocks{1};
    for (const std::int64_t bytes : {300, 10, 200, 10, 200, 10}) blocks.allocate(bytes);
    blocks.free(0, 300);
    blocks.free(310, 200);
    blocks.free(520, 200);
    CHECK(blocks.allocate(150) == 520);
    CHECK(blocks.allocate(180) == 310);
    CHECK(blocks.allocate(180) == 0);
    CHECK(blocks.peak() == 730);
}

TEST_CASE("freed neighbours become one block") {
    BlockAllocator blocks{1};
    for (int i = 0; i < 4; ++i) blocks.allocate(100);
    blocks.free(0, 100);
    blocks.free(200, 100);
    blocks.free(100, 100);  // joins both sides
    CHECK(blocks.allocate(300) == 0);
    blocks.free(300, 100);  // joins what the buffer can still grow by
    CHECK(blocks.allocate(500) == 300);
    CHECK(blocks.peak() == 800);
}

TEST_CASE("a chain keeps a result and its source") {
    Graph graph{host};
    NodeId a = step(graph, graph.external(GgmlType::f16, one_unit));
    for (int i = 0; i < 5; ++i) a = step(graph, a);
    graph.expand(a);
    CHECK(bytes_on_device(graph) == 2 * unit);
}

TEST_CASE("a tensor of the cache takes no room") {
    Graph graph{host};
    graph.expand(step(graph, graph.external(GgmlType::f16, {1 << 20, 1, 1, 1})));
    CHECK(bytes_on_device(graph) == unit);
}

TEST_CASE("sums and norms overwrite a source that nobody else reads") {
    Graph graph{host};
    const NodeId cache = graph.external(GgmlType::f16, one_unit);
    NodeId a = step(graph, cache);
    for (int i = 0; i < 3; ++i) a = graph.same_as(Op::rms_norm, a);
    graph.expand(a);
    CHECK(bytes_on_device(graph) == unit);

    SECTION("but not one that is read again") {
        Graph other{host};
        const NodeId b = step(other, other.external(GgmlType::f16, one_unit));
        const NodeId normed = other.same_as(Op::rms_norm, b);
        // The second sum then overwrites either.
        other.expand(sum(other, normed, b));
        CHECK(bytes_on_device(other) == 2 * unit);
    }
    SECTION("nor one of another shape, though the steps are the same") {
        Graph other{host};
        const NodeId a_row = step(other, other.external(GgmlType::f16, one_unit));
        other.expand(other.result(Op::add, GgmlType::f32, {256, 1, 1, 2}, {a_row}));
        CHECK(bytes_on_device(other) == 3 * unit);
    }
    SECTION("nor one of another layout") {
        Graph other{host};
        const NodeId wide = other.result(Op::mul_mat, GgmlType::f32, {512, 1, 1, 1}, {});
        other.expand(other.result(Op::add, GgmlType::f32, one_unit, {wide}));
        CHECK(bytes_on_device(other) == 3 * unit);
    }
    SECTION("nor a view") {
        Graph other{host};
        const NodeId flat = step(other, other.external(GgmlType::f16, one_unit));
        other.expand(other.same_as(Op::rope, other.reshape(flat, {16, 16, 1, 1})));
        CHECK(bytes_on_device(other) == 2 * unit);
    }
    SECTION("nor an output of the graph") {
        Graph other{host};
        const NodeId kept = step(other, other.external(GgmlType::f16, one_unit));
        other.at(kept).output = true;
        other.expand(other.same_as(Op::scale, kept));
        CHECK(bytes_on_device(other) == 2 * unit);
    }
}

TEST_CASE("an overwritten source gives back the scratch space behind it") {
    Graph graph{host};
    const NodeId a = step(graph, graph.external(GgmlType::f16, one_unit));
    graph.at(a).bytes = 3 * unit;
    const NodeId b = graph.same_as(Op::scale, a);
    const NodeId c = graph.result(Op::mul_mat, GgmlType::f32, {512, 1, 1, 1}, {b});
    graph.expand(c);
    CHECK(bytes_on_device(graph) == 3 * unit);
}

TEST_CASE("a view keeps the tensor it shows alive until its own last reader") {
    Graph graph{host};
    const NodeId origin = step(graph, graph.external(GgmlType::f16, one_unit));
    const NodeId shown = graph.reshape(origin, {16, 16, 1, 1});
    NodeId a = step(graph, origin);
    a = step(graph, a);
    a = step(graph, a);
    graph.expand(a);
    graph.expand(graph.result(Op::mul_mat, GgmlType::f32, one_unit, {a, shown}));
    CHECK(bytes_on_device(graph) == 3 * unit);  // the origin beside two of the chain
}

TEST_CASE("outputs are never freed") {
    Graph graph{host};
    NodeId a = graph.external(GgmlType::f16, one_unit);
    for (int i = 0; i < 4; ++i) {
        a = step(graph, a);
        graph.at(a).output = true;
    }
    graph.expand(a);
    CHECK(bytes_on_device(graph) == 4 * unit);
}

TEST_CASE("inputs have their place from the start; those that nothing reads keep it") {
    Graph graph{host};
    graph.run_on(host);
    const NodeId used = graph.input(GgmlType::f32, one_unit);
    const NodeId unused = graph.input(GgmlType::f32, one_unit);
    graph.expand(unused);
    NodeId a = graph.result(Op::get_rows, GgmlType::f32, one_unit, {used});
    for (int i = 0; i < 3; ++i) a = graph.result(Op::mul_mat, GgmlType::f32, one_unit, {a});
    graph.expand(a);
    const std::array<std::int64_t, 2> alignments{128, 32};
    // Both inputs, and a chain of two of which one takes the read input's place.
    CHECK(buffer_sizes(graph, schedule(graph), alignments).bytes[host] == 3 * unit);
}

// Rows looked up on the host, then a chain on the device.
Graph crossing_graph() {
    Graph graph{host};
    graph.run_on(host);
    const NodeId rows = graph.result(Op::get_rows, GgmlType::f32, one_unit, {graph.input(GgmlType::i32, {8, 1, 1, 1})});
    graph.run_on(device);
    const NodeId positions = graph.input(GgmlType::i32, {8, 1, 1, 1});
    NodeId a = graph.same_as(Op::rope, step(graph, rows), positions);
    a = graph.same_as(Op::rope, step(graph, a), positions);
    graph.expand(sum(graph, a, rows));
    return graph;
}

TEST_CASE("what a device reads from the host is copied once, at the start of its part") {
    Graph graph = crossing_graph();
    const std::array<std::int64_t, 2> alignments{128, 32};
    const auto sizes = buffer_sizes(graph, schedule(graph), alignments).bytes;
    CHECK(sizes[host] == 32 + 32 + unit);           // tokens, positions, rows
    CHECK(sizes[device] == unit + 128 + 2 * unit);  // copies of rows and positions, a result and its source
}

TEST_CASE("pipelining keeps four copies of inputs and of what crosses, for good") {
    Graph graph = crossing_graph();
    const std::array<std::int64_t, 2> alignments{128, 32};
    const auto sizes = buffer_sizes(graph, schedule(graph, pipeline_copies), alignments).bytes;
    CHECK(sizes[host] == 4 * (32 + 32) + unit);
    CHECK(sizes[device] == 4 * (unit + 128) + 2 * unit);
}

// A layer of two matrices in host memory, of `length` x `length` values, that works on so many tokens.
struct HostLayer {
    static constexpr std::int64_t length = 256;

    explicit HostLayer(std::int64_t tokens) : graph{host} {
        graph.run_on(host);
        const Extents rows{length, tokens, 1, 1};
        NodeId a = graph.result(Op::get_rows, GgmlType::f32, rows, {graph.input(GgmlType::i32, {tokens, 1, 1, 1})});
        graph.at(a).weighted = true;
        graph.enter_layer(host, host, weights);
        a = graph.weight_mul_mat(length, a, "up.weight");
        a = graph.weight_mul_mat(length, a, "down.weight");
        graph.enter_layer(device, device, {});
        graph.run_on(device);
        graph.expand(graph.weight_mul_mat(length, a));
        graph.settle_backends();
    }
    std::vector<std::int64_t> bytes() {
        const std::array<std::int64_t, 2> alignments{128, 32};
        return buffer_sizes(graph, schedule(graph), alignments).bytes;
    }

    std::vector<HostWeight> weights{{"up.weight", {length, length, 1, 1}, GgmlType::f16},
                                    {"down.weight", {length, length, 1, 1}, GgmlType::f16}};
    Graph graph;
};

TEST_CASE("a large batch on weights in host memory runs on the device, with one copy of them at a time") {
    constexpr std::int64_t tokens = 32, weight = HostLayer::length * HostLayer::length * 2;
    constexpr std::int64_t rows = tokens * HostLayer::length * 4;
    const auto bytes = HostLayer{tokens}.bytes();
    CHECK(bytes[device] == weight + 2 * rows);  // beside the first copy its source and result; the second takes its place
    CHECK(bytes[host] == tokens * 4 + rows);
}

TEST_CASE("a small batch stays with the weights in host memory") {
    constexpr std::int64_t tokens = 31, rows = tokens * HostLayer::length * 4;
    const auto bytes = HostLayer{tokens}.bytes();
    CHECK(bytes[device] == 2 * rows);  // what crosses and the result of the layer on the device
    CHECK(bytes[host] == round_up(tokens * 4, 32) + 2 * rows);
}

TEST_CASE("stretches that end in the state they began with are found") {
    Graph graph{host};
    NodeId a = step(graph, graph.external(GgmlType::f16, one_unit));
    std::vector<NodeId> chain{a};
    for (int i = 0; i < 6; ++i) chain.push_back(a = step(graph, a));
    graph.expand(a);
    const std::array<std::int64_t, 2> alignments{128, 32};
    const Schedule plan = schedule(graph);
    // Results alternate between two places.
    const auto repeats = [&](std::vector<NodeId> before, NodeId after, std::size_t left_out) {
        const std::vector<Repetition> repetitions{{std::move(before), after, left_out}};
        return buffer_sizes(graph, plan, alignments, repetitions).repeats;
    };
    CHECK(repeats({chain[2]}, chain[4], 1));
    CHECK_FALSE(repeats({chain[2]}, chain[3], 1));
    CHECK(repeats({chain[2], chain[3]}, chain[4], 2));
    CHECK(repeats({chain[2], chain[3]}, chain[4], 6));
    CHECK_FALSE(repeats({chain[2], chain[3]}, chain[4], 3));  // would end in the other place
}

ModelSpec model_of(std::string_view kinds) {
    ModelSpec model;
    for (const char kind : kinds) {
        LayerSpec layer;
        layer.feed_forward = DenseFeedForward{kind};
        model.layers.push_back(layer);
    }
    return model;
}

std::vector<std::array<std::size_t, 3>> runs_of(std::string_view kinds) {
    const ModelSpec model = model_of(kinds);
    std::vector<std::size_t> layers(kinds.size());
    for (std::size_t i = 0; i < layers.size(); ++i) layers[i] = i;
    const std::vector<LayerPlace> places(kinds.size());
    std::vector<std::array<std::size_t, 3>> runs;
    for (const LayerRun& run : layer_runs(model, layers, places)) runs.push_back({run.first, run.period, run.times});
    return runs;
}

TEST_CASE("layers are cut into runs of repeating units") {
    using Runs = std::vector<std::array<std::size_t, 3>>;
    CHECK(runs_of("") == Runs{});
    CHECK(runs_of("a") == Runs{{0, 1, 1}});
    CHECK(runs_of("aaaa") == Runs{{0, 1, 4}});
    CHECK(runs_of("abbbb") == Runs{{0, 1, 1}, {1, 1, 4}});
    CHECK(runs_of("abababa") == Runs{{0, 2, 3}, {6, 1, 1}});
    CHECK(runs_of("sssfsssfss") == Runs{{0, 4, 2}, {8, 1, 2}});
}

}  // namespace
}  // namespace fitcalc::graph
