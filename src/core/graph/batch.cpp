#include "batch.hpp"

#include <algorithm>

namespace fitcalc::graph {
namespace {

constexpr std::int64_t smallest_rotation = 64;

// The largest power of two, from 64 on, that divides the head (src/llama-kv-cache.cpp, build_input_k_rot).
std::int64_t key_rotation(std::int64_t head) {
    std::int64_t size = smallest_rotation;
    while (head % (size * 2) == 0) size *= 2;
    return size;
}

// A quantized cache is rotated when the heads are made of blocks of 64 values.
bool rotates(GgmlType type, std::int64_t head) {
    return traits(type).quantized && head > 0 && head % smallest_rotation == 0;
}

struct HeadLengths {
    std::int64_t key = 0, value = 0;  // 0 when the layers disagree
};

// Of the layers with or without a window that have a cache of their own.
HeadLengths head_lengths(const ModelSpec& model, bool windowed) {
    HeadLengths lengths;
    bool first = true;
    for (const LayerSpec& layer : model.layers) {
        const auto* full = std::get_if<FullAttention>(&layer.attention);
        if (full == nullptr || layer.next_token || !full->own_cache || (full->window > 0) != windowed) continue;
        if (first) lengths = {full->key_length, full->value_length};
        if (full->key_length != lengths.key) lengths.key = 0;
        if (full->value_length != lengths.value) lengths.value = 0;
        first = false;
    }
    return lengths;
}

std::int64_t indexer_key_length(const ModelSpec& model) {
    for (const LayerSpec& layer : model.layers)
        if (const auto* latent = std::get_if<LatentAttention>(&layer.attention); latent != nullptr && latent->indexer)
            return latent->indexer->key_length;
    return 0;
}

// Sources: src/llama-graph.cpp (build_attn_inp_kv, build_attn_inp_kv_iswa) and src/llama-kv-cache.cpp (build_input_*).
CacheInputs cache_inputs(Graph& graph, const ModelSpec& model, const Batch& batch, bool windowed) {
    const HeadLengths heads = head_lengths(model, windowed);
    const std::int64_t cells = windowed ? batch.window_cells : batch.cells;
    // Without flash attention V is stored transposed, and each value of the batch has its own row number.
    const std::int64_t v_rows = batch.flash_attention || batch.widest_values == 0
                                    ? batch.tokens
                                    : checked_mul(batch.tokens, batch.widest_values);
    CacheInputs inputs{};
    inputs.k_rows = graph.input(GgmlType::i64, {batch.tokens, 1, 1, 1});
    inputs.v_rows = graph.input(GgmlType::i64, {v_rows, 1, 1, 1});
    inputs.mask = graph.input(batch.flash_attention ? GgmlType::f16 : GgmlType::f32,
                              {cells, batch.stream_tokens(), 1, batch.streams});
    inputs.k_rotation = inputs.v_rotation = no_node;
    if (rotates(batch.type_k, heads.key)) {
        const std::int64_t n = key_rotation(heads.key);
        inputs.k_rotation = graph.input(GgmlType::f32, {n, n, 1, 1});
    }
    if (rotates(batch.type_v, heads.value))
        inputs.v_rotation = graph.input(GgmlType::f32, {smallest_rotation, smallest_rotation, 1, 1});
    return inputs;
}

const CompressedRowsAttention* compressed_rows(const ModelSpec& model, bool indexed) {
    for (const LayerSpec& layer : model.layers)
        if (const auto* rows = std::get_if<CompressedRowsAttention>(&layer.attention);
            rows != nullptr && rows->ratio > 0 && rows->indexer.has_value() == indexed)
            return rows;
    return nullptr;
}

// Sources: src/llama-graph.cpp (dsv4_build_comp_inputs) and src/llama-kv-cache-dsv4.cpp (dsv4_build_reserve_comp_plan).
CompressorInputs compressor_inputs(Graph& graph, const CompressedRowsAttention& rows, const Batch& batch,
                                   GgmlType mask) {
    const auto numbers = [&](GgmlType type, std::int64_t count) { return graph.input(type, {count, 1, 1, 1}); };
    // What a sequence's tokens complete at most, and one row more that nothing reads.
    const std::int64_t completed =
        checked_mul(batch.sequences, divide_up(batch.sequence_tokens(), rows.ratio) + 1);
    const std::int64_t kept = std::min(batch.tokens, checked_mul(rows.kept_tokens(), batch.streams));
    CompressorInputs inputs{};
    inputs.slots = numbers(GgmlType::i32, batch.tokens);
    inputs.kept_from = numbers(GgmlType::i32, kept);
    inputs.kept_to = numbers(GgmlType::i32, kept);
    inputs.sources = numbers(GgmlType::i32, checked_mul(rows.kept_tokens(), completed));
    inputs.rows = numbers(GgmlType::i64, completed);
    inputs.positions = numbers(GgmlType::i32, completed);
    const std::int64_t cells = compressed_cells(Tokens{batch.cells}, rows.ratio).count();
    inputs.mask = graph.input(mask, {cells, batch.stream_tokens(), 1, batch.streams});
    return inputs;
}

NodeId rotation_input(Graph& graph, std::int64_t head) {
    const std::int64_t n = key_rotation(head);
    return graph.input(GgmlType::f32, {n, n, 1, 1});
}

void add_compressor_inputs(Graph& graph, const ModelSpec& model, const Batch& batch, Inputs& inputs) {
    const GgmlType mask = batch.flash_attention ? GgmlType::f16 : GgmlType::f32;
    const auto rotation = [&](std::int64_t head) {
        return rotates(batch.type_k, head) ? rotation_input(graph, head) : no_node;
    };
    for (const LayerSpec& layer : model.layers)
        if (const auto* rows = std::get_if<CompressedRowsAttention>(&layer.attention)) {
            inputs.window.k_rotation = rotation(rows->head_length);
            break;
        }
    if (const auto* rows = compressed_rows(model, false)) {
        inputs.compressed = compressor_inputs(graph, *rows, batch, mask);
        inputs.compressed.rotation = rotation(rows->head_length);
    }
    if (const auto* rows = compressed_rows(model, true)) {
        inputs.indexed = compressor_inputs(graph, *rows, batch, mask);
        inputs.indexed.rotation = rotation(rows->head_length);
        inputs.index = compressor_inputs(graph, *rows, batch, GgmlType::f16);
        inputs.index.rotation = rotation_input(graph, rows->indexer->key_length);
    }
}

// The window is the same in all layers that have one (llama.cpp's n_swa); 0 where none has.
std::int64_t window_of(const ModelSpec& model) {
    for (const LayerSpec& layer : model.layers)
        if (const auto* full = std::get_if<FullAttention>(&layer.attention); full != nullptr && full->window > 0)
            return full->window;
        else if (const auto* rows = std::get_if<CompressedRowsAttention>(&layer.attention))
            return rows->window;
    return 0;
}

// Sequences don't share a cache whatever the settings say.
bool own_caches(const ModelSpec& model) {
    return std::ranges::any_of(model.layers, [](const LayerSpec& layer) {
        return std::holds_alternative<CompressedRowsAttention>(layer.attention);
    });
}

}  // namespace

Batch batch_of(const ModelSpec& model, const EngineSettings& settings) {
    Batch batch;
    batch.tokens = round_up(settings.batch_tokens(), settings.sequences);  // every sequence takes part
    batch.sequences = settings.sequences;
    batch.streams = settings.streams();
    batch.cells = settings.stream_context().count();
    const std::int64_t window = window_of(model);
    batch.windowed = window > 0;
    batch.window_cells = settings.window_cells(window).count();
    if (own_caches(model)) {
        batch.streams = settings.sequences;
        batch.window_cells = settings.own_window_cells(window).count();
    }
    batch.widest_values = model.widest_values();
    batch.output_rows = settings.output_rows();
    batch.flash_attention = uses_flash_attention(model, settings);
    batch.type_k = settings.type_k;
    batch.type_v = settings.type_v;
    batch.device = settings.device;
    return batch;
}

// Source: llama.cpp de3ff81, src/llama-graph.cpp (build_inp_*, build_rs_inp).
Inputs make_inputs(Graph& graph, const ModelSpec& model, const Batch& batch) {
    Inputs inputs{};
    inputs.tokens = graph.input(GgmlType::i32, {batch.tokens, 1, 1, 1});
    inputs.per_layer_tokens = graph.input(GgmlType::i32, {batch.tokens, 1, 1, 1});
    const std::int64_t input_length = checked_mul(model.embedding_length, 1 + model.deepstack_layers());
    inputs.embeddings = graph.input(GgmlType::f32, {input_length, batch.tokens, 1, 1});
    inputs.positions = graph.input(GgmlType::i32, {checked_mul(batch.tokens, model.position_values), 1, 1, 1});
    inputs.position_scale = graph.input(GgmlType::f32, {1, 1, batch.tokens, 1});
    inputs.out_ids = graph.input(GgmlType::i32, {batch.output_rows, 1, 1, 1});
    static_cast<CacheInputs&>(inputs) = cache_inputs(graph, model, batch, false);
    inputs.window = cache_inputs(graph, model, batch, true);
    if (const std::int64_t length = indexer_key_length(model); length > 0) {
        inputs.indexer_rows = graph.input(GgmlType::i64, {batch.tokens, 1, 1, 1});
        inputs.indexer_mask = graph.input(GgmlType::f16, {batch.cells, batch.stream_tokens(), 1, batch.streams});
        inputs.indexer_rotation = rotation_input(graph, length);
    }
    add_compressor_inputs(graph, model, batch, inputs);
    const NodeId rows = graph.input(GgmlType::i32, {batch.sequences, 1, 1, 1});
    inputs.state_rows = graph.view(rows, {batch.sequences, 1, 1, 1}, graph.at(rows).nb);
    inputs.other_state_rows = graph.view(rows, {0, 1, 1, 1}, graph.at(rows).nb);
    return inputs;
}

NodeId norm(Graph& graph, NodeId a, const Norm& kind) {
    return weigh(graph, graph.same_as(kind.layer ? Op::norm : Op::rms_norm, a), kind);
}

NodeId weigh(Graph& graph, NodeId normed, const Norm& kind) {
    if (kind.weight) normed = graph.same_as(Op::mul, normed);
    if (kind.bias) normed = graph.same_as(Op::add, normed);
    return normed;
}

}  // namespace fitcalc::graph
