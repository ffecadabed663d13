// The fields of every record, by JSON name, in declaration order. The one list of them: reading a catalog,
// compiling it in and writing it as JSON all go through visit_fields().
#pragma once

#include <concepts>
#include <type_traits>

#include "fitcalc/catalog.hpp"

namespace fitcalc {

template <class R, class V>
    requires std::same_as<std::remove_const_t<R>, HuggingFaceAttention>
void visit_fields(R& r, V&& visit) {
    visit("layers", r.layers);
    visit("kv_heads", r.kv_heads);
    visit("heads", r.heads);
    visit("hidden", r.hidden);
}

template <class R, class V>
    requires std::same_as<std::remove_const_t<R>, Score>
void visit_fields(R& r, V&& visit) {
    visit("benchmark", r.benchmark);
    visit("value", r.value);
    visit("unit", r.unit);
    visit("setting", r.setting);
    visit("source", r.source);
    visit("date", r.date);
    visit("confidence", r.confidence);
}

template <class R, class V>
    requires std::same_as<std::remove_const_t<R>, ThinkingTokens>
void visit_fields(R& r, V&& visit) {
    visit("mean", r.mean);
    visit("per", r.per);
    visit("source", r.source);
    visit("date", r.date);
}

// `dimensions` is visited as the packed span; the visitor knows that it stands for an object.
struct PackedDimensions {
    std::span<const std::uint32_t>& values;
};
struct ConstPackedDimensions {
    const std::span<const std::uint32_t>& values;
};

template <class R, class V>
    requires std::same_as<std::remove_const_t<R>, ModelRecord>
void visit_fields(R& r, V&& visit) {
    visit("id", r.id);
    visit("name", r.name);
    visit("publisher", r.publisher);
    visit("family", r.family);
    visit("architecture", r.architecture);
    visit("released", r.released);
    visit("license", r.license);
    visit("huggingface", r.huggingface);
    visit("ollama", r.ollama);
    visit("aliases", r.aliases);
    visit("derivatives", r.derivatives);
    visit("gguf", r.gguf);
    visit("base_model", r.base_model);
    visit("published_parameters", r.published_parameters);
    visit("parameters_label", r.parameters_label);
    if constexpr (std::is_const_v<R>)
        visit("dimensions", ConstPackedDimensions{r.packed_dimensions});
    else
        visit("dimensions", PackedDimensions{r.packed_dimensions});
    visit("hf_attention", r.hf_attention);
    visit("scores", r.scores);
    visit("thinking_tokens", r.thinking_tokens);
    visit("metadata_bytes", r.metadata_bytes);
    visit("sources", r.sources);
    visit("confidence", r.confidence);
}

template <class R, class V>
    requires std::same_as<std::remove_const_t<R>, DeviceMember>
void visit_fields(R& r, V&& visit) {
    visit("id", r.id);
    visit("count", r.count);
}

template <class R, class V>
    requires std::same_as<std::remove_const_t<R>, CloudPrice>
void visit_fields(R& r, V&& visit) {
    visit("usd_per_hour_low", r.usd_per_hour_low);
    visit("usd_per_hour_high", r.usd_per_hour_high);
    visit("tier", r.tier);
    visit("date", r.date);
    visit("source", r.source);
}

template <class R, class V>
    requires std::same_as<std::remove_const_t<R>, DeviceRecord>
void visit_fields(R& r, V&& visit) {
    visit("id", r.id);
    visit("name", r.name);
    visit("vendor", r.vendor);
    visit("kind", r.kind);
    visit("class", r.device_class);
    visit("architecture", r.architecture);
    visit("aliases", r.aliases);
    visit("common", r.common);
    visit("common_variant", r.common_variant);
    visit("uncommon", r.uncommon);
    visit("memory_bytes", r.memory_bytes);
    visit("marketed_memory_bytes", r.marketed_memory_bytes);
    visit("memory_basis", r.memory_basis);
    visit("default_limit_bytes", r.default_limit_bytes);
    visit("limit_basis", r.limit_basis);
    visit("members", r.members);
    visit("memory_type", r.memory_type);
    visit("memory_bus_bits", r.memory_bus_bits);
    visit("memory_data_rate_gbps", r.memory_data_rate_gbps);
    visit("bandwidth_bytes_per_second", r.bandwidth_bytes_per_second);
    visit("fp32_tflops", r.fp32_tflops);
    visit("fp16_dense_tflops", r.fp16_dense_tflops);
    visit("int8_dense_tops", r.int8_dense_tops);
    visit("fp8_dense_tflops", r.fp8_dense_tflops);
    visit("fp4_dense_tflops", r.fp4_dense_tflops);
    visit("compute_capability", r.compute_capability);
    visit("gfx_target", r.gfx_target);
    visit("backend", r.backend);
    visit("interconnect_bytes_per_second", r.interconnect_bytes_per_second);
    visit("pcie_gen", r.pcie_gen);
    visit("pcie_lanes", r.pcie_lanes);
    visit("tdp_watts", r.tdp_watts);
    visit("released", r.released);
    visit("launch_price_usd", r.launch_price_usd);
    visit("launch_price_confidence", r.launch_price_confidence);
    visit("cloud_prices", r.cloud_prices);
    visit("pci_ids", r.pci_ids);
    visit("notes", r.notes);
    visit("sources", r.sources);
    visit("confidence", r.confidence);
}

template <class R, class V>
    requires std::same_as<std::remove_const_t<R>, QuantQuality>
void visit_fields(R& r, V&& visit) {
    visit("ppl", r.ppl);
    visit("ppl_base", r.ppl_base);
    visit("kld_mean", r.kld_mean);
    visit("top1_match", r.top1_match);
    visit("model", r.model);
}

template <class R, class V>
    requires std::same_as<std::remove_const_t<R>, LossFit>
void visit_fields(R& r, V&& visit) {
    visit("loss_at_8b", r.loss_at_8b);
    visit("size_exponent", r.size_exponent);
    visit("spread_factor", r.spread_factor);
    visit("models", r.models);
}

template <class R, class V>
    requires std::same_as<std::remove_const_t<R>, QualityRecord>
void visit_fields(R& r, V&& visit) {
    visit("model", r.model);
    visit("quant", r.quant);
    visit("publisher", r.publisher);
    visit("ppl", r.ppl);
    visit("ppl_base", r.ppl_base);
    visit("kld_mean", r.kld_mean);
    visit("top1_match", r.top1_match);
    visit("source", r.source);
}

template <class R, class V>
    requires std::same_as<std::remove_const_t<R>, PublishedFile>
void visit_fields(R& r, V&& visit) {
    visit("quant", r.quant);
    visit("bytes", r.bytes);
    visit("rounding_bytes", r.rounding_bytes);
    visit("q8_ends", r.q8_ends);
}

template <class R, class V>
    requires std::same_as<std::remove_const_t<R>, PublishedSet>
void visit_fields(R& r, V&& visit) {
    visit("model", r.model);
    visit("publisher", r.publisher);
    visit("repository", r.repository);
    visit("date", r.date);
    visit("source", r.source);
    visit("files", r.files);
    visit("standard", r.standard);
}

template <class R, class V>
    requires std::same_as<std::remove_const_t<R>, QuantRecord>
void visit_fields(R& r, V&& visit) {
    visit("name", r.name);
    visit("nominal_bits", r.nominal_bits);
    visit("nominal_bits_source", r.nominal_bits_source);
    visit("description", r.description);
    visit("quality_percent", r.quality_percent);
    visit("quality_source", r.quality_source);
    visit("quality", r.quality);
    visit("loss_fit", r.loss_fit);
}

template <class R, class V>
    requires std::same_as<std::remove_const_t<R>, ReserveRecord>
void visit_fields(R& r, V&& visit) {
    visit("vendor", r.vendor);
    visit("backend", r.backend);
    visit("driver_bytes", r.driver_bytes);
    visit("driver_range_bytes", r.driver_range_bytes);
    visit("desktop_bytes", r.desktop_bytes);
    visit("desktop_range_bytes", r.desktop_range_bytes);
    visit("source", r.source);
}

template <class R, class V>
    requires std::same_as<std::remove_const_t<R>, BackendRecord>
void visit_fields(R& r, V&& visit) {
    visit("name", r.name);
    visit("context_bytes", r.context_bytes);
    visit("context_range_bytes", r.context_range_bytes);
    visit("pool_bytes", r.pool_bytes);
    visit("pool_range_bytes", r.pool_range_bytes);
    visit("source", r.source);
}

template <class R, class V>
    requires std::same_as<std::remove_const_t<R>, EngineRecord>
void visit_fields(R& r, V&& visit) {
    visit("name", r.name);
    visit("version_modelled", r.version_modelled);
    visit("backends", r.backends);
    visit("reserve", r.reserve);
}

template <class R, class V>
    requires std::same_as<std::remove_const_t<R>, ByKernel>
void visit_fields(R& r, V&& visit) {
    for (std::size_t i = 0; i < kernel_kinds; ++i) visit(name_of(static_cast<KernelKind>(i)).data(), r[i]);
}

template <class R, class V>
    requires std::same_as<std::remove_const_t<R>, SpeedFamily>
void visit_fields(R& r, V&& visit) {
    visit("name", r.name);
    visit("vendor", r.vendor);
    visit("compute_capability", r.compute_capability);
    visit("gfx_target", r.gfx_target);
    visit("names", r.names);
    visit("half_rate", r.half_rate);
    visit("rate", r.rate);
    visit("operations_per_byte", r.operations_per_byte);
    visit("bandwidth", r.bandwidth);
    visit("launch", r.launch);
    visit("compute", r.compute);
    visit("rows", r.rows);
    visit("source", r.source);
}

template <class R, class V>
    requires std::same_as<std::remove_const_t<R>, SpeedBackend>
void visit_fields(R& r, V&& visit) {
    visit("name", r.name);
    visit("bandwidth", r.bandwidth);
    visit("launch", r.launch);
    visit("compute", r.compute);
    visit("cache", r.cache);
    visit("cache_without_flash", r.cache_without_flash);
    visit("attention", r.attention);
    visit("attention_without_flash", r.attention_without_flash);
    visit("experts", r.experts);
    visit("expert_launch", r.expert_launch);
    visit("recurrent_launch", r.recurrent_launch);
    visit("hop", r.hop);
    visit("pipeline", r.pipeline);
    visit("linked", r.linked);
    visit("unlinked", r.unlinked);
    visit("ramp", r.ramp);
    visit("expert_ramp", r.expert_ramp);
    visit("reread", r.reread);
    visit("batch_launch", r.batch_launch);
    visit("decode", r.decode);
    visit("prefill", r.prefill);
}

template <class R, class V>
    requires std::same_as<std::remove_const_t<R>, SpeedEngine>
void visit_fields(R& r, V&& visit) {
    visit("name", r.name);
    visit("bandwidth", r.bandwidth);
    visit("launch", r.launch);
    visit("compute", r.compute);
    visit("experts", r.experts);
}

template <class R, class V>
    requires std::same_as<std::remove_const_t<R>, SpeedTable>
void visit_fields(R& r, V&& visit) {
    visit("name", r.name);
    visit("date", r.date);
    visit("source", r.source);
    visit("decode", r.decode);
    visit("prefill", r.prefill);
    visit("rough_decode", r.rough_decode);
    visit("rough_prefill", r.rough_prefill);
}

// The lists of a catalog, likewise.
template <class V>
void visit_lists(const CatalogTables& tables, V&& visit) {
    visit("models", tables.models);
    visit("gpus", tables.devices);
    visit("quants", tables.quants);
    visit("engines", tables.engines);
    visit("quality", tables.quality);
    visit("published", tables.published);
    visit("speed_families", tables.speed_families);
    visit("speed_backends", tables.speed_backends);
    visit("speed_engines", tables.speed_engines);
    visit("speed_tables", tables.speed_tables);
}

}  // namespace fitcalc
