// The graph of one physical batch, as far as memory is concerned: which tensors there are, what they are computed
// from, and in which order. Weights lie in their own buffers and move nothing, so they are left out, but for those that
// stay in host memory beside a device: it gets copies of them, batch by batch.
//
// Sources: llama.cpp de3ff81, ggml/src/ggml.c (shapes and strides of results, views, depth-first order),
// ggml/src/ggml-alloc.c (operations that may overwrite a source) and ggml/src/ggml-backend.cpp (where operations run).
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "fitcalc/ggml_type.hpp"

namespace fitcalc::graph {

enum class Op : std::uint8_t {
    none,  // a leaf: an input, a tensor of the cache, or a copy made by the scheduler
    view,  // reshape, view, permute, transpose: moves nothing
    add,
    add_id,
    argsort,
    clamp,
    concat,
    cont,
    cpy,
    div,
    fill,
    flash_attn_ext,
    gated_delta_net,
    get_rows,
    glu,
    hyper_combine,  // doubly stochastic weights of each token's residual streams
    hyper_post,     // spreads a block's result over them
    l2_norm,
    lightning_indexer,
    mul,
    mul_mat,
    mul_mat_id,
    norm,
    pad,
    repeat,
    rms_norm,
    rope,
    scale,
    set_rows,
    soft_max,
    ssm_conv,
    ssm_scan,
    sub,
    sum_rows,
    top_k,
    unary,
    weighted_sum,  // of several rows per token, by a factor for each
    wkv7,
};

// True for operations whose result may take the place of a source of the same layout (ggml_op_can_inplace).
bool can_work_in_place(Op op);

using NodeId = std::int32_t;
inline constexpr NodeId no_node = -1;

// Where a tensor lives: devices are numbered from 0, the host comes last, as ggml-backend's scheduler has it.
using Backend = std::uint8_t;

using Extents = std::array<std::int64_t, 4>;

// A weight that stays in host memory.
struct HostWeight {
    std::string_view name;  // "attn_k.weight"
    Extents ne{1, 1, 1, 1};
    GgmlType type = GgmlType::f32;
};

struct Node {
    static constexpr std::size_t max_sources = 9;  // 7 are needed; so many make a node 128 bytes, found by a shift

    Op op = Op::none;
    GgmlType type = GgmlType::f32;
    Backend backend = 0;
    bool input = false;        // filled in by the engine before the graph runs
    bool output = false;       // read afterwards: never freed, never overwritten
    bool external = false;     // memory of its own, outside the compute buffers: the cache
    bool visited = false;      // part of the graph
    bool weighted = false;     // reads a weight, so it runs where that lies, or on a device that asks for it
    bool weight = false;       // is one, in host memory
    NodeId view_of = no_node;  // the tensor whose memory a view shows; never itself a view
    std::uint8_t source_count = 0;
    std::array<NodeId, max_sources> source_list{};
    Extents ne{1, 1, 1, 1};  // values along each dimension, fastest first
    Extents nb{};            // bytes from one value (block) to the next along each dimension
    std::int64_t bytes = 0;  // what the device's buffer type asks for this tensor; 0 for views

    bool is_view() const { return view_of != no_node; }
    std::span<const NodeId> sources() const { return {source_list.data(), source_count}; }
    void set_sources(std::initializer_list<NodeId> ids);  // those that there are: no_node is left out
    void add_source(NodeId id) { source_list[source_count++] = id; }
};

// Nodes in one piece. Where they outgrow it the old piece is kept: a reference to a node from before others were added
// still reads its shape.
class NodeList {
public:
    // Room that is not used is never touched; most graphs need no more.
    NodeList() { nodes_.reserve(8192); }

    Node& add() {
        if (nodes_.size() == nodes_.capacity()) grow();
        return nodes_.emplace_back();
    }
    Node& operator[](std::size_t i) { return nodes_[i]; }
    const Node& operator[](std::size_t i) const { return nodes_[i]; }
    std::size_t size() const { return nodes_.size(); }

private:
    void grow() {
        std::vector<Node> larger;
        larger.reserve(2 * nodes_.size());
        larger.assign(nodes_.begin(), nodes_.end());
        outgrown_.push_back(std::exchange(nodes_, std::move(larger)));
    }

    std::vector<Node> nodes_;
    std::vector<std::vector<Node>> outgrown_;
};

class Graph {
public:
    explicit Graph(Backend host) : host_{host} {}

    // Weights that are read from here on lie there.
    void run_on(Backend backend) { current_ = backend; }
    // So do the next layer's cache and its routed experts; `weights`: those of it that stay in host memory.
    void enter_layer(Backend cache, Backend experts, std::span<const HostWeight> weights);
    Backend host() const { return host_; }

    NodeId input(GgmlType type, Extents ne);
    NodeId external(GgmlType type, Extents ne);  // a tensor of the cache

    // Views.
    NodeId view(NodeId a, Extents ne, Extents nb);
    NodeId view_2d(NodeId a, std::int64_t length, std::int64_t rows, std::int64_t step);  // rows `step` bytes apart
    NodeId reshape(NodeId a, Extents ne);
    NodeId permute(NodeId a, std::array<std::uint8_t, 4> axes);  // dimension i of `a` becomes dimension axes[i]
    NodeId transpose(NodeId a);

    // Results of the layout of the first source.
    NodeId same_as(Op op, NodeId a, NodeId b = no_node, NodeId c = no_node);
    // Contiguous results of any shape.
    NodeId result(Op op, GgmlType type, Extents ne, std::initializer_list<NodeId> sources);
    // Results that write into their first source's memory.
    NodeId in_memory_of(Op op, NodeId a, std::initializer_list<NodeId> sources);

    NodeId cont(NodeId a, Extents ne) { return result(Op::cont, at(a).type, ne, {a}); }
    NodeId cont(NodeId a) { return cont(a, at(a).ne); }
    NodeId get_rows(NodeId a, NodeId rows);
    NodeId set_rows(NodeId destination, NodeId values, NodeId rows);
    NodeId mul_mat(NodeId a, NodeId b);                  // a: transposed on the fly, so ne[0] is the common dimension
    // By a weight matrix (or one per head) of so many rows. Its name tells those of one shape apart.
    NodeId weight_mul_mat(std::int64_t rows, NodeId b, std::string_view name = {});
    NodeId weight_mul_mat_id(std::int64_t rows, NodeId b, NodeId experts, std::string_view name = {});
    NodeId expert_bias(NodeId a, NodeId experts);
    NodeId expert_scales(std::int64_t experts, std::int64_t tokens);  // a factor for each, repeated for every token
    // Of the layout of `a`, from it and a weight, which other operations of the layer may read as well.
    NodeId with_weight(Op op, NodeId a, std::string_view name);
    // A weight that an operation reads besides: if it is in host memory, it becomes a source.
    void also_reads(NodeId id, std::string_view name);
    // A weight's view, if it is in host memory. What reads one doesn't follow the weight.
    void also_reads_view(NodeId id, std::string_view name);
    NodeId argsort_top_k(NodeId a, std::int64_t k);
    NodeId concat(NodeId a, NodeId b);  // along the first dimension
    NodeId sum_rows(NodeId a);

    // Decides where each operation runs: beside its weights or the memory that it writes to; a large one on weights in
    // host memory on the first device; all others like those before or after them, devices first
    // (ggml_backend_sched_split_graph, passes 1 to 4).
    void settle_backends();

    // Adds a tensor and all it depends on, depth first, sources from left to right; what is there stays.
    void expand(NodeId node);

    Node& at(NodeId id) { return nodes_[static_cast<std::size_t>(id)]; }
    const Node& at(NodeId id) const { return nodes_[static_cast<std::size_t>(id)]; }
    std::size_t size() const { return nodes_.size(); }
    bool contiguous(NodeId id) const;

    std::span<const NodeId> order() const { return order_; }  // what is computed, in order
    std::span<const NodeId> leafs() const { return leafs_; }

    NodeId add(const Node& node);

private:
    NodeId last() const { return static_cast<NodeId>(nodes_.size() - 1); }
    NodeId host_weight(Extents ne, std::string_view name);
    NodeId leaf_of(const HostWeight& weight);
    NodeId take(std::size_t weight);
    NodeId named_weight(std::string_view name);
    bool devices() const { return host_ != 0; }

    NodeList nodes_;
    std::vector<NodeId> order_;
    std::vector<NodeId> leafs_;
    Backend host_;
    Backend current_ = 0;
    Backend cache_ = 0;
    Backend experts_ = 0;
    std::span<const HostWeight> weights_;
    std::vector<NodeId> taken_;  // of weights_: their leafs
    std::vector<std::pair<std::string_view, NodeId>> shared_;  // weights that belong to no layer
};

std::int64_t elements(const Extents& ne);
// Bytes from a tensor's first value to its last, gaps of a view included (ggml_nbytes).
std::int64_t span_of(const Node& node);
// Bytes between the values of a contiguous tensor.
inline Extents contiguous_strides(GgmlType type, const Extents& ne) {
    const auto& t = traits(type);
    Extents nb{t.block_bytes, 0, 0, 0};
    nb[1] = checked_mul(t.block_bytes, whole_blocks(t, ne[0]));
    nb[2] = checked_mul(nb[1], ne[1]);
    nb[3] = checked_mul(nb[2], ne[2]);
    return nb;
}

}  // namespace fitcalc::graph
