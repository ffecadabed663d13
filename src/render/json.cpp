#include "json.hpp"

#include <nlohmann/json.hpp>

#include "json_commands.hpp"
#include "json_parts.hpp"
#include "json_record.hpp"
#include "json_speed.hpp"
#include "phrases.hpp"

namespace fitcalc {
namespace {

Json quant_json(std::string_view quant, double bits_per_weight, Bytes weights, Bytes file, Bytes total, Bytes total_full,
                const QuantRecord* record, const std::optional<Quality>& quality, bool recommended,
                const std::optional<SpeedFigure>& decode = {}) {
    Json out;
    out["quant"] = quant;
    out["bits_per_weight"] = rounded_bits(bits_per_weight);
    out["weights_bytes"] = weights.count();
    out["file_size_bytes"] = file.count();
    out["total_bytes"] = total.count();
    out["total_full_context_bytes"] = total_full.count();
    add_decode_json(out, decode);
    out["quality_percent"] = quality ? percent(quality->percent) : Json(nullptr);
    out["quality_range_percent"] = quality ? Json::array({percent(quality->low), percent(quality->high)}) : Json(nullptr);
    const bool estimated = quality && !quality->measured && quality->low < quality->high;  // 16 bits are the measure itself
    out["quality_basis"] = estimated ? Json("estimated") : quality && quality->measured ? Json("measured") : Json(nullptr);
    out["kld_mean"] = quality ? field_json(quality->kld_mean) : Json(nullptr);
    out["description"] = record ? text(record->description) : Json(nullptr);
    out["recommended"] = recommended;
    return out;
}

Json quants_json(const FitReport& report) {
    Json out = Json::array();
    if (report.settings.method == Method::nominal) {
        for (const NominalRow& row : report.nominal_rows) {
            Json each =
                quant_json(quant_name(row.type), row.bits, row.at_context.weights, row.at_context.weights, row.at_context.total,
                           row.at_full_context.total, row.record, row.quality, row.type == report.recommendation.quant);
            each["recommended_bytes"] = row.at_context.recommended.count();
            out.push_back(std::move(each));
        }
        return out;
    }
    for (const QuantRow& row : report.quants) {
        out.push_back(quant_json(quant_name(row), row.bits_per_weight, row.weights, row.file_size, row.total,
                                 row.total_full_context, row.record, row.quality, row.recommended, row.decode));
        if (row.published) {
            out.back()["published_by"] = row.published->set->publisher;
            out.back()["repository"] = row.published->set->repository;
            out.back()["rounding_bytes"] = row.published->file->rounding_bytes;
            out.back()["source"] = row.published->set->source;
        }
        if (report.weights_only) out.back()["total_bytes"] = out.back()["total_full_context_bytes"] = nullptr;
        if (report.file) out.back()["requantized"] = row.requantized;
    }
    return out;
}

// What is known without the architecture.
void leave_weights_only(Json& estimate) {
    for (auto& [key, value] : estimate.items())
        if (key != "weights_bytes" && key != "file_size_bytes" && key != "bits_per_weight") value = nullptr;
}

Json file_json(const FileSummary& file) {
    Json out;
    out["path"] = file.path;
    out["format"] = name_of(file.format);
    out["quantized"] = file.format == ModelFormat::gguf ? Json(file.quantized) : Json(nullptr);
    const auto type_name = [](std::optional<FileType> type) { return type ? Json(traits(*type).name) : Json(nullptr); };
    out["file_type"] = file.recipe ? type_name(file.recipe->declared) : Json(nullptr);
    out["standard_mix"] = file.recipe ? type_name(file.recipe->standard) : Json(nullptr);
    out["differing_tensors"] = file.recipe ? differing_json(*file.recipe) : Json::array();
    return out;
}

Json nominal_json(const NominalComparison& comparison) {
    const NominalRow& row = comparison.nominal;
    Json out;
    out["quant"] = traits(row.type).name;
    out["bits_per_weight"] = rounded_bits(row.bits);
    out["weights_bytes"] = row.at_context.weights.count();
    out["kv_cache_bytes"] = row.at_context.kv_cache.count();
    out["overhead_bytes"] = row.at_context.overhead.count();
    out["total_bytes"] = row.at_context.total.count();
    out["recommended_bytes"] = row.at_context.recommended.count();
    out["total_full_context_bytes"] = row.at_full_context.total.count();
    out["parameters_not_in_file"] = comparison.parameters_not_in_file.count();
    out["latent_attention"] = comparison.latent_attention;
    out["head_length_differs"] = comparison.head_length_differs;
    return out;
}

Json overhead_json(const MeasuredBytes& measured) {
    return {{"typical_bytes", measured.typical.count()},
            {"low_bytes", measured.low.count()},
            {"high_bytes", measured.high.count()}};
}

Json explanation_json(const FitReport& report) {
    Json weights = Json::array();
    for (const WeightGroup& group : report.weight_groups) {
        Json types = Json::array();
        for (const auto& [type, count] : group.types)
            types.push_back({{"type", traits(type).name},
                             {"parameters", count.count()},
                             {"bytes", bytes_of(type, count.count()).count()}});
        weights.push_back({{"role", name_of(group.role)},
                           {"parameters", group.parameters.count()},
                           {"bytes", group.bytes.count()},
                           {"types", std::move(types)}});
    }
    Json cache = Json::array();
    for (const CacheGroup& group : report.cache_groups)
        cache.push_back({{"kind", group.kind},
                         {"layers", group.layers},
                         {"values_per_token", group.values_per_token},
                         {"cached_values", group.cached_values},
                         {"bytes_per_token", group.bytes_per_token.count()},
                         {"cells", group.cells.count()},
                         {"streams", group.streams},
                         {"tokens_per_cell", group.tokens_per_cell}});
    const EngineSettings& engine = report.settings.engine_settings;
    Json out;
    out["weights"] = std::move(weights);
    out["cache"] = std::move(cache);
    out["cache_compressors"] = report.cache_compressors.count();
    out["cache_cells"] = checked_mul(engine.stream_context().count(), engine.streams());
    out["overhead"] = {{"context", overhead_json(report.overhead.context)},
                       {"pool", overhead_json(report.overhead.pool)}};
    return out;
}

template <class Records, class Write>
Json records_json(const Records& records, const Write& write) {
    Json out = Json::array();
    for (const auto* record : records) out.push_back(write(*record));
    return out;
}

// With what the list shows beside the record's own fields.
Json listed_model_json(const ModelRecord& record) {
    Json out = field_json(record);
    out["parameters"] = optional_count(counted_parameters(record));
    out["context_length"] = field_json(record.dimensions().context_length);
    out["source"] = source_json(record);
    return out;
}

Json list_records(const ListReport& report) {
    const auto write = [](const auto& record) { return record_json(record); };
    switch (report.topic) {
        case ListTopic::models: return records_json(report.models, listed_model_json);
        case ListTopic::gpus: return records_json(report.devices, write);
        case ListTopic::quants: return records_json(report.quants, write);
        case ListTopic::engines: return records_json(report.engines, write);
        case ListTopic::architectures: break;
    }
    return records_json(report.architectures, [](const Architecture& architecture) {
        return Json{{"name", architecture.name}, {"description", architecture.description}, {"source", architecture.source}};
    });
}

}  // namespace

Json to_json(const FitReport& report) {
    const Method method = report.settings.method;
    Json out;
    out["schema"] = answer_schema;
    out["command"] = report.command;
    out["model"] = model_json(report.model);
    out["settings"] = settings_json(report.settings);
    out["estimate"] = estimate_json(report.estimate, method);
    out["full_context"] = estimate_json(report.full_context, method);
    out["cache_bytes_per_token"] = method == Method::exact ? Json(report.cache_bytes_per_token.count()) : Json(nullptr);
    if (report.weights_only) {
        leave_weights_only(out["estimate"]);
        leave_weights_only(out["full_context"]);
        out["cache_bytes_per_token"] = nullptr;
    }
    if (report.file) out["file"] = file_json(*report.file);
    out["quants"] = quants_json(report);
    out["verdict"] = report.devices_asked ? Json(name_of(report.verdict)) : Json(nullptr);
    out["devices"] = Json::array();
    for (const DeviceRow& device : report.devices) out["devices"].push_back(device_json(device));
    if (report.placement) {
        add_speed_json(out["set_speed"], report.speed);
        out["set_speed"]["cost"] = cost_json(report.costs);
        out["placement"] = placement_json(*report.placement, report.asked_set);
        out["placement"]["commands"] = report.commands ? commands_json(*report.commands) : Json(nullptr);
        out["placement"]["max_context"] = optional_count(report.max_context);
        out["ways_out"] = Json::array();
        for (const WayOut& way : report.ways_out) out["ways_out"].push_back(way_out_json(way));
    }
    if (!report.curves.empty()) {
        out["curves"] = Json::array();
        for (const QuantCurve& each : report.curves)
            out["curves"].push_back(curve_json(record_of(report.model).id, each.quant, set_name_json(report.asked_set), each.curve));
    }
    out["recommendation"] = {{"quant", quant_name(report.recommendation)},
                             {"reason", text(report.recommendation.reason)}};
    out["nominal"] = report.nominal ? nominal_json(*report.nominal) : Json(nullptr);
    if (report.command == "explain") out["explanation"] = explanation_json(report);
    out["warnings"] = report.warnings;
    return out;
}

Json to_json(const ListReport& report) {
    Json out;
    out["schema"] = answer_schema;
    out["command"] = "list";
    out[std::string(topic_name(report.topic))] = list_records(report);
    return out;
}

double rounded_bits(double value) {
    return rounded_to(value, 1e4);
}

Json differing_json(const Recipe& recipe) {
    Json out = Json::array();
    for (const Recipe::Difference& each : recipe.differing)
        out.push_back({{"name", each.tensor}, {"standard", traits(each.standard).name}, {"type", traits(each.own).name}});
    return out;
}

std::string dump(const Json& answer) {
    return answer.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace fitcalc
