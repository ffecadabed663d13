// Sources: llama.cpp de3ff81, src/models/*.cpp (order of the operations),
// src/llama-graph.cpp (build_qkv, build_attn) and src/llama-kv-cache.cpp (cpy_k, cpy_v, get_k, get_v).
#include "attention.hpp"

namespace fitcalc::graph {
namespace {

NodeId as_heads(Graph& graph, std::int64_t heads, std::int64_t length, NodeId a) {
    return graph.reshape(a, {length, heads, graph.at(a).ne[1], 1});
}

NodeId projection(Graph& graph, std::int64_t values, bool bias, NodeId a, std::string_view name) {
    const NodeId out = graph.weight_mul_mat(values, a, name);
    return bias ? graph.same_as(Op::add, out) : out;
}

struct Projections {
    NodeId q = no_node, k = no_node, v = no_node;
    NodeId gate = no_node;  // for the output
};

// One product of which Q, K and V are views, cut into heads.
Projections fused_projections(Graph& graph, const FullAttention& full, NodeId normed) {
    const std::int64_t tokens = graph.at(normed).ne[1], value_bytes = 4;
    const std::int64_t all = checked_add(full.query_values(), checked_add(full.key_values(), full.value_values()));
    const NodeId qkv = projection(graph, all, full.bias, normed, "attn_qkv.weight");
    const auto part = [&](std::int64_t heads, std::int64_t length) {
        const std::int64_t row = graph.at(qkv).nb[1];
        return graph.view(qkv, {length, heads, tokens, 1},
                          {value_bytes, checked_mul(value_bytes, length), row, checked_mul(row, tokens)});
    };
    return {part(full.heads, full.key_length), part(full.kv_heads, full.key_length),
            part(full.kv_heads, full.value_length)};
}

// One product whose rows are a head's query and gate in turn.
void gated_query(Graph& graph, const FullAttention& full, NodeId normed, Projections& out) {
    const NodeId both = graph.weight_mul_mat(checked_mul(2, full.query_values()), normed, "attn_q.weight");
    const Extents ne{full.key_length, full.heads, graph.at(normed).ne[1], 1};
    const Extents nb{4, checked_mul(8, full.key_length), graph.at(both).nb[1], graph.at(both).nb[1]};
    out.q = graph.view(both, ne, nb);
    out.gate = graph.cont(graph.view(both, ne, nb), {full.query_values(), ne[2], 1, 1});
}

Projections projections(Graph& graph, const FullAttention& full, NodeId normed) {
    if (full.fused) return fused_projections(graph, full, normed);
    Projections out;
    if (full.output_gate)
        gated_query(graph, full, normed, out);
    else
        out.q = projection(graph, full.query_values(), full.bias, normed, "attn_q.weight");
    if (!full.own_cache) return out;
    out.k = projection(graph, full.key_values(), full.bias, normed, "attn_k.weight");
    out.v = full.value_is_key ? out.k
                              : projection(graph, full.value_values(), full.bias, normed, "attn_v.weight");
    return out;
}

// Norm and rotation of queries or keys that are split into heads.
NodeId positioned_heads(const Context& context, const FullAttention& full, NodeId a) {
    Graph& graph = context.graph;
    if (full.qk_norm == QkNorm::head) a = norm(graph, a);
    if (full.qk_norm == QkNorm::layer) a = norm(graph, a, {.layer = true});
    if (full.rope) {
        a = graph.same_as(Op::rope, a, context.inputs.positions);
        graph.also_reads(a, "rope_freqs.weight");
        graph.also_reads(a, "rope_factors_short.weight");  // or the long ones, of the same size
    }
    if (full.qk_norm == QkNorm::after_rope) a = graph.same_as(Op::rms_norm, a);
    return a;
}

// The same of projected queries or keys.
NodeId positioned(const Context& context, const FullAttention& full, std::int64_t heads, NodeId a) {
    if (full.qk_norm == QkNorm::whole) a = norm(context.graph, a);
    return positioned_heads(context, full, full.fused ? a : as_heads(context.graph, heads, full.key_length, a));
}

NodeId token_rows(Graph& graph, NodeId a) {
    const Node& node = graph.at(a);
    return graph.view_2d(a, checked_mul(node.ne[0], node.ne[1]), node.ne[2], node.nb[2]);
}

NodeId store_transposed(Graph& graph, NodeId cache, NodeId rows, NodeId a) {
    const Extents n = graph.at(a).ne;
    const std::int64_t width = graph.at(cache).ne[0];
    NodeId tokens = graph.reshape(a, {checked_mul(n[0], n[1]), n[2], 1, 1});
    // Every layer's rows are as wide as the widest layer's.
    if (graph.at(tokens).ne[0] < width) tokens = graph.result(Op::pad, graph.at(a).type, {width, n[2], 1, 1}, {tokens});
    const NodeId all = graph.reshape(cache, {1, elements(graph.at(cache).ne), 1, 1});
    return graph.set_rows(all, graph.reshape(tokens, {1, elements(graph.at(tokens).ne), 1, 1}), rows);
}

NodeId transposed_cache_view(Graph& graph, NodeId cache, std::int64_t heads, std::int64_t length) {
    const Node& node = graph.at(cache);
    const std::int64_t row = bytes_of(node.type, node.ne[1]).count();
    return graph.view(cache, {node.ne[1], heads, length, node.ne[2]},
                      {node.nb[0], checked_mul(row, length), row, node.nb[2]});
}

// The layer's own cache, or an earlier layer's of the same shape.
struct Caches {
    NodeId keys, values;
};

Caches caches_of(const Context& context, const FullAttention& full) {
    const Batch& batch = context.batch;
    const std::int64_t cells = full.window > 0 ? batch.window_cells : batch.cells;
    const std::int64_t values = batch.flash_attention ? full.value_values() : batch.widest_values;
    return {context.graph.external(batch.type_k, {full.key_values(), cells, batch.streams, 1}),
            context.graph.external(batch.type_v, {values, cells, batch.streams, 1})};
}

struct KeysAndValues {
    NodeId keys = no_node, values = no_node;
};

KeysAndValues keys_and_values(const Context& context, const FullAttention& full, NodeId k, NodeId v) {
    Graph& graph = context.graph;
    if (!full.fused) v = as_heads(graph, full.kv_heads, full.value_length, v);
    if (full.value_norm) v = graph.same_as(Op::rms_norm, v);
    return {rotate(graph, context.inputs.k_rotation, positioned(context, full, full.kv_heads, k)),
            rotate(graph, context.inputs.v_rotation, v)};
}

void store_both(const Context& context, const Caches& caches, const KeysAndValues& kv) {
    Graph& graph = context.graph;
    const Inputs& inputs = context.inputs;
    graph.expand(store(graph, caches.keys, inputs.k_rows, kv.keys));
    graph.expand(context.batch.flash_attention ? store(graph, caches.values, inputs.v_rows, kv.values)
                                               : store_transposed(graph, caches.values, inputs.v_rows, kv.values));
}

// A gate for each head's values.
NodeId gate_heads(Graph& graph, const FullAttention& full, NodeId normed, NodeId out) {
    const Extents shape = graph.at(out).ne;
    const NodeId gate = graph.same_as(Op::unary, graph.weight_mul_mat(full.heads, normed));
    const NodeId heads = graph.reshape(out, {full.value_length, full.heads, shape[1], 1});
    const NodeId gated = graph.same_as(Op::mul, heads, graph.reshape(gate, {1, full.heads, shape[1], 1}));
    return graph.reshape(gated, shape);
}

CacheViews views_of(const Context& context, const FullAttention& full, const Caches& caches) {
    Graph& graph = context.graph;
    const bool transposed = !context.batch.flash_attention;
    return {cache_view(graph, caches.keys, full.kv_heads, full.key_length),
            transposed ? transposed_cache_view(graph, caches.values, full.kv_heads, full.value_length)
                       : cache_view(graph, caches.values, full.kv_heads, full.value_length),
            transposed};
}

}  // namespace

NodeId rotate(Graph& graph, NodeId matrix, NodeId a) {
    if (matrix == no_node) return a;
    const std::int64_t n = graph.at(matrix).ne[0];
    const Extents shape = graph.at(a).ne;
    const Extents groups{n, elements(shape) / n, 1, 1};
    const NodeId flat = graph.contiguous(a) ? graph.reshape(a, groups) : graph.cont(a, groups);
    return graph.reshape(graph.mul_mat(matrix, flat), shape);
}

NodeId store(Graph& graph, NodeId cache, NodeId rows, NodeId a) {
    const Extents n = graph.at(cache).ne;
    const NodeId values = token_rows(graph, a);
    const NodeId all = n[2] > 1 ? graph.reshape(cache, {n[0], checked_mul(n[1], n[2]), 1, 1}) : cache;
    return graph.set_rows(all, values, rows);
}

NodeId cache_view(Graph& graph, NodeId cache, std::int64_t heads, std::int64_t length) {
    const Node& node = graph.at(cache);
    const std::int64_t head_bytes = bytes_of(node.type, length).count();
    return graph.view(cache, {length, heads, node.ne[1], node.ne[2]}, {node.nb[0], head_bytes, node.nb[1], node.nb[2]});
}

// Left out here and elsewhere: steps that work in place on a result which nobody else reads, such as the scaling of Q
// and the soft cap on scores (Gemma 2), and the sinks (gpt-oss), which are weights.
NodeId attention(const Context& given, std::int64_t embedding_length, const FullAttention& full, NodeId normed) {
    Context context = given;
    if (full.window > 0) static_cast<CacheInputs&>(context.inputs) = context.inputs.window;
    Graph& graph = context.graph;
    const Inputs& inputs = context.inputs;

    NodeId q = no_node, gate = no_node;
    KeysAndValues kv;
    if (full.compressed) {
        const Heads heads = decompressed_heads(context, full, normed);
        q = rotate(graph, inputs.k_rotation, heads.q);
        kv = {rotate(graph, inputs.k_rotation, heads.k), rotate(graph, inputs.v_rotation, heads.v)};
    } else {
        const Projections projected = projections(graph, full, normed);
        gate = projected.gate;
        q = full.output_gate ? positioned_heads(context, full, projected.q)
                             : positioned(context, full, full.heads, projected.q);
        if (full.position_scale) q = graph.same_as(Op::mul, q, inputs.position_scale);
        q = rotate(graph, inputs.k_rotation, q);
        if (full.own_cache) kv = keys_and_values(context, full, projected.k, projected.v);
    }
    graph.expand(q);
    const Caches caches = caches_of(context, full);
    if (full.own_cache) {
        // llama.cpp has one attention block for models with windows and one for those without; they differ here.
        graph.expand(context.batch.windowed ? kv.keys : kv.values);
        graph.expand(context.batch.windowed ? kv.values : kv.keys);
        store_both(context, caches, kv);
    }
    NodeId out = rotate(graph, inputs.v_rotation, attend(context, q, views_of(context, full, caches)));
    if (full.output_gate) out = graph.same_as(Op::mul, out, graph.same_as(Op::unary, gate));
    if (full.head_gate) out = gate_heads(graph, full, normed, out);
    if (full.gate_matrix)
        out = graph.same_as(Op::mul, out, graph.same_as(Op::unary, graph.weight_mul_mat(full.output_values(), normed)));
    out = graph.weight_mul_mat(embedding_length, out, "attn_output.weight");
    if (full.output_bias) out = graph.same_as(Op::add, out);
    return out;
}

}  // namespace fitcalc::graph
