#include "json_parts.hpp"

namespace fitcalc {
namespace {

Json row_json(const DeviceRow& row) {
    Json out = device_json(row);
    const auto price = launch_price_usd(row);
    out["devices_in_each"] = row.inside;
    out["vendor"] = text(row.record->vendor);
    out["kind"] = text(row.record->kind);
    out["class"] = text(row.record->device_class);
    out["launch_price_usd"] = price ? Json(*price) : Json(nullptr);
    return out;
}

}  // namespace

Json to_json(const GpusReport& report) {
    Json out;
    out["schema"] = answer_schema;
    out["command"] = "gpus";
    out["model"] = model_json(report.model);
    out["settings"] = settings_json(report.settings);
    out["file_size_bytes"] = report.file_size.count();
    out["max_count"] = report.max_count;
    out["devices"] = Json::array();
    for (const DeviceRow& row : report.devices) out["devices"].push_back(row_json(row));
    out["too_small"] = ids(report.too_small);
    out["not_computed"] = ids(report.not_computed);
    out["warnings"] = report.warnings;
    return out;
}

}  // namespace fitcalc
