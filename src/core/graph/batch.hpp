// One physical batch with a full cache: the worst case for which llama.cpp reserves its buffers
// (llama.cpp de3ff81, src/llama-context.cpp, graph_reserve and sched_reserve).
#pragma once

#include "fitcalc/engine_settings.hpp"
#include "fitcalc/model_spec.hpp"
#include "graph.hpp"

namespace fitcalc::graph {

struct Batch {
    std::int64_t tokens = 0;
    std::int64_t sequences = 1;      // with a recurrent state each; the tokens divide evenly between them, too
    std::int64_t streams = 1;        // caches that don't share cells; the tokens divide evenly between them
    std::int64_t cells = 0;          // of each stream's cache
    bool windowed = false;           // some layers have a sliding window, and a cache of their own
    std::int64_t window_cells = 0;   // of each stream's cache of these
    std::int64_t widest_values = 0;  // that any layer keeps as V for one token
    std::int64_t output_rows = 0;    // tokens whose logits are wanted
    bool flash_attention = true;
    GgmlType type_k = GgmlType::f16;
    GgmlType type_v = GgmlType::f16;
    GraphDevice device = GraphDevice::gpu;

    std::int64_t stream_tokens() const { return tokens / streams; }
    std::int64_t sequence_tokens() const { return tokens / sequences; }
};

Batch batch_of(const ModelSpec& model, const EngineSettings& settings);

// What layers need to store in a cache and to read from it.
struct CacheInputs {
    NodeId k_rows;  // cells that this batch's keys go to
    NodeId v_rows;
    NodeId mask;                  // KQ mask
    NodeId k_rotation = no_node;  // Hadamard matrices, with a quantized cache
    NodeId v_rotation = no_node;
    NodeId indexer_rows = no_node;      // sparse attention: the indexer's own cache, mask and Hadamard matrix
    NodeId indexer_mask = no_node;
    NodeId indexer_rotation = no_node;
    NodeId state_rows = no_node;        // recurrent: rows of the states that this batch's sequences continue
    NodeId other_state_rows = no_node;  // recurrent: rows of sequences that only move; none in the worst case
};

// What layers need to make rows that stand for several tokens each.
struct CompressorInputs {
    NodeId slots;      // which token of its row each token is
    NodeId kept_from;  // which tokens' sources are kept for the next batch
    NodeId kept_to;    // and where
    NodeId sources;    // which tokens' sources each row is made from
    NodeId rows;       // cells that the rows go to
    NodeId positions;  // of the rows
    NodeId mask;
    NodeId rotation = no_node;  // Hadamard matrix, with a quantized cache
};

// What the engine fills in before each run. Only those that a graph reads take part in it.
struct Inputs : CacheInputs {
    NodeId tokens;
    NodeId per_layer_tokens;  // the same, for the layers' own embeddings
    NodeId embeddings;        // read instead of the tokens when a caller passes vectors; always there, never used here
    NodeId positions;
    NodeId position_scale;  // of each token's query
    NodeId out_ids;         // which tokens' logits are wanted
    CacheInputs window;     // sliding-window layers share a cache of their own
    CompressorInputs compressed{};  // rows without an indexer
    CompressorInputs indexed{};     // those with one
    CompressorInputs index{};       // and the indexer's own
};

Inputs make_inputs(Graph& graph, const ModelSpec& model, const Batch& batch);

// What every block is built from.
struct Context {
    Graph& graph;
    const Batch& batch;
    Inputs inputs;
};

// A norm, the multiplication by its weights, and its bias. RMS with weights unless said otherwise.
NodeId norm(Graph& graph, NodeId a, const Norm& kind = {});
// What follows the norm itself.
NodeId weigh(Graph& graph, NodeId normed, const Norm& kind);

}  // namespace fitcalc::graph
