// What the JSON answers have in common.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <vector>

#include "json.hpp"
#include "report/fit_request.hpp"

namespace fitcalc {

inline constexpr const char* answer_schema = "fitcalc/1";

Json text(std::string_view value);  // null where it is empty

template <class Tag>
Json optional_count(const std::optional<Quantity<Tag>>& value) {
    return value ? Json(value->count()) : Json(nullptr);
}

template <class Record>
Json ids(const std::vector<const Record*>& records) {
    Json out = Json::array();
    for (const Record* record : records) out.push_back(record->id);
    return out;
}

// Figures that are for display in the report too: more digits would only look exact.
double rounded_to(double value, double steps_per_unit);

Json percent(double value);

Json model_json(const ModelSummary& model);
Json settings_json(const SettingsSummary& settings);
Json estimate_json(const MemoryEstimate& e, Method method);

// Which device, how many of it, and the memory of each: how every row about one begins.
template <class Row>
Json device_head(const Row& row) {
    Json out;
    out["device"] = row.name;
    out["name"] = row.record ? text(row.record->name) : Json(nullptr);
    out["count"] = row.count;
    out["memory_bytes"] = row.memory.count();
    out["usable_bytes"] = row.usable.count();
    return out;
}

Json device_json(const DeviceRow& device);
Json placement_json(const Placement& placement, const DeviceSet& set);
// The devices, and host memory as the last one.
Json placement_rows(const Placement& placement, const DeviceSet& set);
// `device`: null where none was asked for.
Json curve_json(std::string_view id, std::string_view quant, const Json& device, const ContextCurve& curve);
Json way_out_json(const WayOut& way);
Json set_name_json(const DeviceSet& devices);  // ids as --gpu takes them; "cpu" for host memory alone, null for none
Json quality_json(const std::optional<Quality>& quality);  // its percentage
Json set_json(const DeviceSet& devices);                  // the devices that were asked for, without an answer

}  // namespace fitcalc
