// Sources: llama.cpp de3ff81, src/llama-graph.cpp (build_attn_mha), ggml/src/ggml-cuda/fattn.cu and
// fattn-common.cuh (scratch space of the flash-attention kernels).
#include "attention.hpp"

namespace fitcalc::graph {
namespace {

constexpr std::int64_t scratch_alignment = 128;

// Kernels for tiny batches read a quantized cache as it is; the others want it in F16.
constexpr std::int64_t vector_kernel_tokens = 2;
constexpr std::int64_t vector_kernel_head = 256;

bool reads_quantized_cache(const Node& queries, GgmlType type) {
    const std::int64_t head = queries.ne[0];
    return traits(type).quantized && queries.ne[1] <= vector_kernel_tokens && head <= vector_kernel_head &&
           head % 64 == 0 && head != 192;
}

// On CUDA the result of flash attention is followed by F16 copies of a K and V cache of another type.
// Latent attention's V is a part of its K and needs no copy of its own.
void add_scratch(Graph& graph, NodeId result, NodeId queries, NodeId keys, NodeId values) {
    std::int64_t bytes = graph.at(result).bytes;
    const auto add_copy = [&](NodeId cache) {
        if (graph.at(cache).type == GgmlType::f16) return;
        bytes = checked_add(round_up(bytes, scratch_alignment), checked_mul(2, elements(graph.at(cache).ne)));
    };
    if (reads_quantized_cache(graph.at(queries), graph.at(keys).type)) return;
    add_copy(keys);
    if (graph.at(values).view_of != graph.at(keys).view_of) add_copy(values);
    graph.at(result).bytes = bytes;
}

NodeId as_f16(Graph& graph, NodeId cache) {
    if (graph.at(cache).type != GgmlType::f32) return cache;
    return graph.result(Op::cpy, GgmlType::f16, graph.at(cache).ne, {cache});
}

// {length, heads, tokens, streams} <-> {length, tokens, heads, streams}
NodeId swap_heads(Graph& graph, NodeId a) {
    return graph.permute(a, {0, 2, 1, 3});
}

NodeId flash_attention(const Context& context, NodeId q, NodeId k, NodeId v, std::int64_t decompressed_length) {
    Graph& graph = context.graph;
    k = as_f16(graph, k);
    v = as_f16(graph, v);
    const Extents& qn = graph.at(q).ne;
    NodeId out = graph.result(Op::flash_attn_ext, GgmlType::f32, {graph.at(v).ne[0], qn[2], qn[1], qn[3]},
                              {q, k, v, context.inputs.mask});
    if (context.batch.device == GraphDevice::gpu) add_scratch(graph, out, q, k, v);
    graph.also_reads(out, "attn_sinks.weight");
    if (decompressed_length > 0) {
        out = graph.weight_mul_mat(decompressed_length, swap_heads(graph, out));
        out = graph.cont(swap_heads(graph, out));
    }
    const Extents n = graph.at(out).ne;
    return graph.reshape(out, {checked_mul(n[0], n[1]), checked_mul(n[2], n[3]), 1, 1});
}

NodeId softmax_attention(const Context& context, NodeId q, NodeId k, NodeId v, bool transposed,
                         std::int64_t decompressed_length) {
    Graph& graph = context.graph;
    const NodeId scores = graph.same_as(Op::soft_max, graph.mul_mat(k, q), context.inputs.mask);
    graph.also_reads(scores, "attn_sinks.weight");
    if (!transposed) v = graph.cont(graph.transpose(v));
    NodeId out = graph.mul_mat(v, scores);
    if (decompressed_length > 0) out = graph.weight_mul_mat(decompressed_length, out);
    out = swap_heads(graph, out);
    const Extents n = graph.at(out).ne;
    return graph.cont(out, {checked_mul(n[0], n[1]), checked_mul(n[2], n[3]), 1, 1});
}

}  // namespace

NodeId attend(const Context& context, NodeId queries, const CacheViews& cache, std::int64_t decompressed_length) {
    Graph& graph = context.graph;
    const Batch& batch = context.batch;
    const Node& given = graph.at(queries);
    // One batch of queries per stream.
    const Extents ne{given.ne[0], given.ne[1], batch.stream_tokens(), batch.streams};
    const Extents nb{given.nb[0], given.nb[1], given.nb[2], given.nb[3] / batch.streams};
    const NodeId q = swap_heads(graph, graph.view(queries, ne, nb));
    const NodeId k = swap_heads(graph, cache.keys);
    const NodeId v = swap_heads(graph, cache.values);
    const NodeId out = batch.flash_attention
                           ? flash_attention(context, q, k, v, decompressed_length)
                           : softmax_attention(context, q, k, v, cache.values_transposed, decompressed_length);
    graph.expand(out);
    return out;
}

}  // namespace fitcalc::graph
