#include "json_parts.hpp"
#include "json_speed.hpp"
#include "phrases.hpp"

namespace fitcalc {
namespace {

std::string_view quant_name(const GridRow& row) { return row.label.empty() ? quant_name(row.type) : std::string_view(row.label); }

Json quant_json(const GridRow& row) {
    Json out;
    out["quant"] = quant_name(row);
    out["bits_per_weight"] = rounded_bits(row.bits_per_weight);
    out["weights_bytes"] = row.weights.count();
    out["file_size_bytes"] = row.file_size.count();
    out["quality_percent"] = quality_json(row.quality);
    out["description"] = row.record ? text(row.record->description) : Json(nullptr);
    return out;
}

Json cell_json(const GridRow& row, const GridCell& cell) {
    Json out;
    out["quant"] = quant_name(row);
    out["context"] = cell.context.count();
    out["total_bytes"] = cell.total.count();
    const auto placed = [&](Bytes bytes) { return cell.verdict ? Json(bytes.count()) : Json(nullptr); };
    out["required_bytes"] = placed(cell.required);
    out["headroom_bytes"] = placed(cell.headroom);
    out["host_bytes"] = placed(cell.host);
    out["shortfall_bytes"] = placed(cell.shortfall);
    out["verdict"] = cell.verdict ? Json(name_of(*cell.verdict)) : Json(nullptr);
    add_decode_json(out, cell.decode);
    return out;
}

}  // namespace

Json to_json(const GridReport& report) {
    Json out;
    out["schema"] = answer_schema;
    out["command"] = "grid";
    out["model"] = model_json(report.model);
    out["settings"] = settings_json(report.settings);
    out["settings"]["quant"] = out["settings"]["context"] = nullptr;
    out["devices"] = set_json(report.devices);
    out["ram_bytes"] = optional_count(report.devices.ram);
    out["contexts"] = Json::array();
    for (const Tokens context : report.contexts) out["contexts"].push_back(context.count());
    out["quants"] = Json::array();
    out["cells"] = Json::array();
    for (const GridRow& row : report.rows) {
        out["quants"].push_back(quant_json(row));
        for (const GridCell& cell : row.cells) out["cells"].push_back(cell_json(row, cell));
    }
    out["warnings"] = report.warnings;
    return out;
}

}  // namespace fitcalc
