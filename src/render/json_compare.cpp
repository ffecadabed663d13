#include "json_parts.hpp"
#include "json_record.hpp"
#include "json_speed.hpp"
#include "phrases.hpp"
#include "report/placing.hpp"

namespace fitcalc {
namespace {

Json column_json(const CompareColumn& column) {
    const bool placed = column.placement.has_value();
    const Bytes needed = placed ? required(*column.placement) : Bytes{}, left = placed ? headroom(*column.placement) : Bytes{};
    Json out;
    out["id"] = text(record_of(column.model).id);
    out["quant"] = quant_name(column.settings);
    out["device"] = set_name_json(column.devices);
    out["count"] = column.devices ? Json(column.devices.count()) : Json(nullptr);
    out["verdict"] = placed ? Json(name_of(column.placement->verdict)) : Json(nullptr);
    out["usable_bytes"] = placed ? Json((needed + left).count()) : Json(nullptr);
    out["required_bytes"] = placed ? Json(needed.count()) : Json(nullptr);
    out["headroom_bytes"] = placed ? Json(left.count()) : Json(nullptr);
    out["max_context"] = optional_count(column.max_context);
    add_speed_json(out, column.speed);
    out["cost"] = cost_json(column.costs);
    out["bits_per_weight"] = rounded_bits(column.estimate.bits_per_weight);
    out["quality_percent"] = quality_json(column.quality);
    const Json estimate = estimate_json(column.estimate, column.settings.method);
    for (const auto& [key, value] : estimate.items())
        if (key != "bits_per_weight") out[key] = value;
    out["total_full_context_bytes"] = column.full_context.total.count();
    out["cache_bytes_per_token"] = column.cache_bytes_per_token.count();
    out["model"] = model_json(column.model);
    out["settings"] = settings_json(column.settings);
    out["scores"] = field_json(record_of(column.model).scores);
    return out;
}

Json together_json(const CompareReport& report) {
    const Together& together = *report.together;
    Json devices = Json::array(), residents = Json::array();
    for (std::size_t i = 0; i < together.total.size(); ++i)
        devices.push_back({{"usable_bytes", together.usable[i].count()},
                           {"total_bytes", together.total[i].count()},
                           {"free_bytes", together.free[i].count()}});
    for (const Resident& resident : together.residents) {
        const CompareColumn& column = report.columns[resident.column];
        residents.push_back({{"id", text(record_of(column.model).id)},
                             {"quant", quant_name(column.settings)},
                             {"devices", resident.devices},
                             {"gpu_layers", resident.placement.gpu_layers.count()},
                             {"cpu_moe_layers", resident.placement.cpu_moe_layers.count()},
                             {"total_bytes", resident.placement.device_total().count()},
                             {"host_bytes", resident.placement.host.total.count()}});
    }
    Json out;
    out["verdict"] = name_of(together.verdict);
    out["short_bytes"] = together.shortfall.count();
    out["devices"] = std::move(devices);
    out["host"] = {{"total_bytes", together.host_total.count()}, {"free_bytes", optional_count(together.host_free)}};
    out["residents"] = std::move(residents);
    return out;
}

}  // namespace

Json to_json(const CompareReport& report) {
    Json out;
    out["schema"] = answer_schema;
    out["command"] = "compare";
    out["columns"] = Json::array();
    for (const CompareColumn& column : report.columns) out["columns"].push_back(column_json(column));
    if (report.columns.front().curve) {
        out["curves"] = Json::array();
        for (const CompareColumn& column : report.columns)
            out["curves"].push_back(curve_json(record_of(column.model).id, quant_name(column.settings), set_name_json(column.devices), *column.curve));
    }
    out["together"] = report.together ? together_json(report) : Json(nullptr);
    out["warnings"] = report.warnings;
    return out;
}

}  // namespace fitcalc
