// Attention blocks: from the normalised input of a layer to the output projection.
#pragma once

#include "batch.hpp"

namespace fitcalc::graph {

NodeId attention(const Context& context, std::int64_t embedding_length, const FullAttention& full, NodeId normed);
NodeId attention(const Context& context, std::int64_t embedding_length, const LatentAttention& latent, NodeId normed);

NodeId attention(const Context& context, std::int64_t embedding_length, const CompressedRowsAttention& rows,
                 NodeId normed);

inline NodeId attention(const Context& context, std::int64_t embedding_length, const NoAttention& none, NodeId normed) {
    return none.linear ? context.graph.weight_mul_mat(embedding_length, normed) : normed;
}

// Queries, keys and values cut into heads, {length, heads, tokens}, made from the compressed rows of full.compressed.
struct Heads {
    NodeId q, k, v;
};
Heads decompressed_heads(const Context& context, const FullAttention& full, NodeId normed);

// The mask that leaves only the tokens which the lightning indexer scores best. `compressed_query`: normalised.
struct SparseMask {
    NodeId best;  // which tokens

    // Called when the attention's own cache is written, as the engine does. `opening`: the type of what opens a cell.
    NodeId mask(const Context& context, GgmlType opening) const;
};
SparseMask lightning_indexer(const Context& context, const LatentAttention& latent, NodeId normed,
                             NodeId compressed_query);

// What the cache shows of one layer: keys {length, KV heads, cells, streams}; values likewise, or transposed.
struct CacheViews {
    NodeId keys;
    NodeId values;
    bool values_transposed;
};

// Multiplies groups of values by a Hadamard matrix, if there is one, so that a quantized cache loses less.
NodeId rotate(Graph& graph, NodeId matrix, NodeId a);
// Writes {length, heads, tokens} into rows of a cache {values, cells, streams}; row numbers count through all streams.
NodeId store(Graph& graph, NodeId cache, NodeId rows, NodeId a);
// {length, heads, cells, streams}
NodeId cache_view(Graph& graph, NodeId cache, std::int64_t heads, std::int64_t length);

// Scores, softmax and weighted sum, with or without flash attention, of queries {length, heads, tokens}.
// `decompressed_length`: latent attention turns its result back into heads of this many values; 0 otherwise.
NodeId attend(const Context& context, NodeId queries, const CacheViews& cache, std::int64_t decompressed_length = 0);

}  // namespace fitcalc::graph
