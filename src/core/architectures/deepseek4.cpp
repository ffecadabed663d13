// DeepSeek-V4: attention over a window and over compressed rows, experts that a table chooses in the first layers, and
// several residual streams joined by hyper-connections.
// Sources: llama.cpp de3ff81, src/models/deepseek4.cpp; hyper-connections: arXiv:2409.19606.
#include "families.hpp"
#include "latent_attention.hpp"

namespace fitcalc::architectures {
namespace {

// llama.cpp loads no others (load_arch_tensors).
constexpr std::int64_t indexed_ratio = 4, plain_ratio = 128;
constexpr std::int64_t streams = 4;

CompressedRowsAttention rows_attention(DimensionReader& read, std::size_t layer) {
    const Dimensions& dims = read.dims();
    CompressedRowsAttention rows;
    rows.heads = read.require("attention.head_count", dims.head_count, layer);
    rows.head_length = read.require("attention.key_length", dims.key_length);
    rows.rope_length = read.require("rope.dimension_count", dims.rope_dimension_count);
    rows.q_lora_rank = read.require("attention.q_lora_rank", dims.q_lora_rank);
    rows.window = read.require("attention.sliding_window", dims.sliding_window);
    rows.output_groups = read.require("attention.output_group_count", dims.output_group_count);
    rows.output_rank = read.require("attention.output_lora_rank", dims.output_lora_rank);
    if (rows.heads % rows.output_groups != 0)
        read.reject("attention.output_group_count " + std::to_string(rows.output_groups) + " does not divide " +
                    std::to_string(rows.heads) + " heads");
    if (dims.compress_ratios.uniform() || layer >= dims.compress_ratios.values().size())
        read.reject("attention.compress_ratios has no entry for layer " + std::to_string(layer));
    rows.ratio = dims.compress_ratios.at(layer);
    if (rows.ratio != 0 && rows.ratio != indexed_ratio && rows.ratio != plain_ratio)
        read.reject("attention.compress_ratios has " + std::to_string(rows.ratio) + "; llama.cpp knows 0, 4 and 128");
    if (rows.ratio == indexed_ratio) rows.indexer = indexer(read);
    return rows;
}

Result<ModelSpec> describe(const Dimensions& dims) {
    DimensionReader read{dims};
    ModelSpec model = common_spec("deepseek4", read);
    mark_next_token_blocks(model, read);
    model.rope_length = read.require("rope.dimension_count", dims.rope_dimension_count);
    model.hyper_connections = read.require("hyper_connection.count", dims.hyper_connection_count);
    if (model.hyper_connections != streams)
        read.reject("hyper_connection.count " + std::to_string(model.hyper_connections) + "; llama.cpp knows 4");
    const std::size_t by_token = dims.hash_layer_count.value_or(0);
    for (std::size_t i = 0; i < model.layers.size() && !read.failed(); ++i) {
        model.layers[i].attention = rows_attention(read, i);
        model.layers[i].feed_forward = feed_forward(read, i);
        if (auto* experts = std::get_if<ExpertFeedForward>(&model.layers[i].feed_forward)) {
            experts->by_token = i < by_token;
            experts->probs_bias = !experts->by_token;
        }
    }
    if (read.failed()) return tl::unexpected(read.error());
    return model;
}

// Three weights: for the mixture that a block reads, for its result, and for the streams among each other.
void add_hyper_connection(TensorList& list, const ModelSpec& model, std::size_t layer, const std::string& name) {
    const std::int64_t count = model.hyper_connections;
    const std::int64_t mixes = checked_mul(count + 2, count);
    list.layer_f32(layer, name + "_fn.weight", Shape{checked_mul(count, model.embedding_length), mixes});
    list.layer_f32(layer, name + "_base.weight", Shape{mixes});
    list.layer_f32(layer, name + "_scale.weight", Shape{3});
}

void add_compressor(TensorList& list, const ModelSpec& model, std::size_t layer, const std::string& name,
                    const CompressedRowsAttention& rows, std::int64_t length) {
    const std::int64_t width = rows.source_values(length);
    list.layer_weight(layer, name + "_kv.weight", Shape{model.embedding_length, width});
    list.layer_weight(layer, name + "_gate.weight", Shape{model.embedding_length, width});
    list.layer_f32(layer, name + "_ape.weight", Shape{width, rows.ratio});
    list.layer_f32(layer, name + "_norm.weight", Shape{length});
}

void add_attention(TensorList& list, const ModelSpec& model, std::size_t layer) {
    const auto& rows = std::get<CompressedRowsAttention>(model.layers[layer].attention);
    const std::int64_t d = model.embedding_length, projected = checked_mul(rows.output_groups, rows.output_rank);
    list.layer_f32(layer, "attn_norm.weight", Shape{d});
    list.layer_f32(layer, "attn_sinks.weight", Shape{rows.heads});
    list.layer_weight(layer, "attn_q_a.weight", Shape{d, rows.q_lora_rank});
    list.layer_f32(layer, "attn_q_a_norm.weight", Shape{rows.q_lora_rank});
    list.layer_weight(layer, "attn_q_b.weight", Shape{rows.q_lora_rank, rows.query_values()});
    list.layer_weight(layer, "attn_kv.weight", Shape{d, rows.head_length});
    list.layer_f32(layer, "attn_kv_a_norm.weight", Shape{rows.head_length});
    list.layer_weight(layer, "attn_output_a.weight", Shape{rows.query_values() / rows.output_groups, projected});
    list.layer_weight(layer, "attn_output_b.weight", Shape{projected, d});
    if (rows.ratio == 0) return;
    add_compressor(list, model, layer, "attn_compressor", rows, rows.head_length);
    if (!rows.indexer) return;
    const Indexer& index = *rows.indexer;
    list.layer_f32(layer, "indexer.proj.weight", Shape{d, index.heads});
    list.layer_weight(layer, "indexer.attn_q_b.weight",
                      Shape{rows.q_lora_rank, checked_mul(index.heads, index.key_length)});
    add_compressor(list, model, layer, "indexer_compressor", rows, index.key_length);
}

TensorInventory tensors(const ModelSpec& model) {
    const std::int64_t count = model.hyper_connections;
    TensorList list;
    add_outer_tensors(list, model);
    list.f32("output_hc_fn.weight", Shape{checked_mul(count, model.embedding_length), count});
    list.f32("output_hc_base.weight", Shape{count});
    list.f32("output_hc_scale.weight", Shape{1});
    for (std::size_t i = 0; i < model.layers.size(); ++i) {
        const LayerSpec& layer = model.layers[i];
        add_attention(list, model, i);
        add_hyper_connection(list, model, i, "hc_attn");
        add_hyper_connection(list, model, i, "hc_ffn");
        if (const auto* experts = std::get_if<ExpertFeedForward>(&layer.feed_forward); experts && experts->by_token)
            list.layer_tensor(i, "ffn_gate_tid2eid.weight", Shape{experts->used, model.vocab_size}, GgmlType::i32);
        add_feed_forward(list, model, i, layer.feed_forward);
        if (layer.next_token) add_next_token(list, model, i, {});
    }
    return std::move(list).take();
}

}  // namespace

const Architecture deepseek4{
    .name = "deepseek4",
    .description = "DeepSeek-V4: attention over compressed rows, hyper-connections, mixture of experts",
    .source = "llama.cpp de3ff81, src/models/deepseek4.cpp",
    .describe = describe,
    .tensors = tensors,
};

}  // namespace fitcalc::architectures
