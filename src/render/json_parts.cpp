#include "json_parts.hpp"

#include <cmath>

#include "json_record.hpp"
#include "json_speed.hpp"
#include "phrases.hpp"

namespace fitcalc {

Json text(std::string_view value) { return field_json(value); }

namespace {

// A file of an architecture that isn't supported may not say; no model has none.
Json known(std::int64_t count) {
    return count > 0 ? Json(count) : Json(nullptr);
}

}  // namespace

double rounded_to(double value, double steps_per_unit) {
    return std::round(value * steps_per_unit) / steps_per_unit;
}

Json percent(double value) { return rounded_to(value, 1e3); }

Json model_json(const ModelSummary& model) {
    const ModelRecord& record = record_of(model);
    Json out;
    out["id"] = text(record.id);
    out["name"] = text(record.name);
    out["publisher"] = text(record.publisher);
    out["family"] = text(record.family);
    out["architecture"] = text(record.architecture);
    out["parameters"] = model.parameters.count();
    out["active_parameters"] = model.active_parameters.count();
    out["published_parameters"] = field_json(record.published_parameters);
    out["layers"] = known(model.layers);
    out["dense_layers"] = model.dense_layers;
    out["expert_layers"] = model.expert_layers;
    out["experts"] = model.experts;
    out["experts_used"] = model.experts_used;
    out["attention"] = text(model.attention);
    out["context_length"] = known(model.context_length.count());
    out["vocab_size"] = known(model.vocab_size);
    out["license"] = text(record.license);
    out["released"] = text(record.released);
    out["huggingface"] = text(record.huggingface);
    out["ollama"] = field_json(record.ollama);
    out["source"] = joined_sources(record.sources);
    out["confidence"] = text(record.confidence);
    return out;
}

Json settings_json(const SettingsSummary& settings) {
    const EngineSettings& engine = settings.engine_settings;
    Json out;
    out["engine"] = settings.engine;
    out["engine_version"] = text(settings.engine_version);
    out["backend"] = text(settings.backend);
    out["method"] = settings.method == Method::exact ? "exact" : "nominal";
    out["quant"] = quant_name(settings);
    out["context"] = engine.context.count();
    out["parallel"] = engine.sequences;
    out["kv_type_k"] = traits(engine.type_k).name;
    out["kv_type_v"] = traits(engine.type_v).name;
    out["kv_unified"] = engine.kv_unified;
    out["swa_full"] = engine.swa_full;
    out["ubatch"] = engine.ubatch.count();
    out["batch"] = engine.batch.count();
    out["outputs"] = engine.outputs == Outputs::slots ? "slots" : "batch";
    out["flash_attention"] = engine.flash_attention;
    out["imatrix"] = settings.importance_matrix;
    return out;
}

Json estimate_json(const MemoryEstimate& e, Method method) {
    Json out;
    out["weights_bytes"] = e.weights.count();
    out["weights_device_bytes"] = e.weights_device.count();
    out["weights_host_bytes"] = e.weights_host.count();
    out["kv_cache_bytes"] = e.kv_cache.count();
    out["recurrent_state_bytes"] = e.recurrent_state.count();
    out["compute_bytes"] = e.compute.count();
    out["compute_host_bytes"] = e.compute_host.count();
    out["overhead_bytes"] = e.overhead.count();
    out["total_bytes"] = e.total.count();
    out["host_bytes"] = e.host.count();
    out["file_size_bytes"] = e.file_size.count();
    out["bits_per_weight"] = rounded_bits(e.bits_per_weight);
    out["recommended_bytes"] = e.recommended.count();
    // Hardware pages state no error; that is not an error of 0.
    const bool stated = method == Method::exact;
    out["error_bytes"] = stated ? Json(e.error.count()) : Json(nullptr);
    out["error_percent"] = stated ? percent(e.error_percent) : Json(nullptr);
    return out;
}

Json device_json(const DeviceRow& device) {
    Json out = device_head(device);
    out["required_bytes"] = device.required.count();
    out["headroom_bytes"] = device.headroom.count();
    out["verdict"] = name_of(device.verdict);
    out["max_context"] = optional_count(device.max_context);
    add_speed_json(out, device.speed);
    out["cost"] = cost_json(device.costs);
    return out;
}

Json quality_json(const std::optional<Quality>& quality) {
    return quality ? percent(quality->percent) : Json(nullptr);
}

Json set_json(const DeviceSet& devices) {
    Json out = Json::array();
    for (const DeviceChoice& group : devices.groups) out.push_back(device_head(group));
    return out;
}

Json set_name_json(const DeviceSet& devices) {
    if (!devices.names_memory()) return nullptr;
    std::string name;
    for (const DeviceChoice& group : devices.groups) (name += name.empty() ? "" : " + ") += group.name;
    return name.empty() ? "cpu" : name;
}

}  // namespace fitcalc
