#include "json_models.hpp"

#include "json_parts.hpp"
#include "json_record.hpp"
#include "json_speed.hpp"
#include "phrases.hpp"
#include "report/placing.hpp"

namespace fitcalc {

Json fitting_json(const FittingModel& model) {
    Json out;
    out["id"] = model.record->id;
    out["name"] = text(model.record->name);
    out["parameters"] = model.parameters.count();
    out["active_parameters"] = model.active_parameters.count();
    out["quant"] = quant_name(model.quant);
    out["quality_percent"] = quality_json(model.quality);
    out["bits_per_weight"] = rounded_bits(model.bits_per_weight);
    out["file_size_bytes"] = model.file_size.count();
    out["context"] = model.context.count();
    out["total_bytes"] = model.placement.device_total().count();
    out["host_bytes"] = model.placement.host.total.count();
    out["required_bytes"] = required(model.placement).count();
    out["headroom_bytes"] = headroom(model.placement).count();
    out["verdict"] = name_of(model.placement.verdict);
    out["gpu_layers"] = model.placement.gpu_layers.count();
    out["layers"] = model.placement.layers.count();
    out["cpu_moe_layers"] = model.placement.cpu_moe_layers.count();
    out["max_context"] = optional_count(model.max_context);
    out["context_length"] = model.context_length.count();
    add_speed_json(out, model.speed);
    return out;
}

Json scan_json(const ModelsReport& report, std::string_view command) {
    Json out;
    out["schema"] = answer_schema;
    out["command"] = command;
    out["settings"] = settings_json(report.settings);
    if (!report.quant_given) out["settings"]["quant"] = nullptr;
    if (!report.context_given || report.whole_context) out["settings"]["context"] = nullptr;
    out["devices"] = set_json(report.devices);
    out["ram_bytes"] = optional_count(report.devices.ram);
    return out;
}

void add_left_out(Json& out, const ModelsReport& report) {
    out["needs_ram"] = ids(report.needs_ram);
    out["too_large"] = ids(report.too_large);
    out["too_short"] = ids(report.too_short);
    out["not_computed"] = ids(report.not_computed);
    out["warnings"] = report.warnings;
}

Json to_json(const ModelsReport& report) {
    Json out = scan_json(report, "models");
    out["models"] = Json::array();
    for (const FittingModel& model : report.models) out["models"].push_back(fitting_json(model));
    add_left_out(out, report);
    return out;
}

}  // namespace fitcalc
