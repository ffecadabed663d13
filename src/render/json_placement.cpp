#include <algorithm>

#include "json_parts.hpp"
#include "phrases.hpp"

namespace fitcalc {
namespace {

Json device_json(const DevicePlacement& device, const DeviceChoice& choice) {
    const bool layers = device.layers() > 0;
    Json out;
    out["device"] = choice.name;
    out["first_layer"] = layers ? Json(device.first_layer) : Json(nullptr);
    out["last_layer"] = layers ? Json(device.last_layer) : Json(nullptr);
    out["output"] = device.output;
    out["weights_bytes"] = device.weights.count();
    out["kv_cache_bytes"] = device.kv_cache.count();
    out["recurrent_state_bytes"] = device.recurrent_state.count();
    out["compute_bytes"] = device.compute.count();
    out["overhead_bytes"] = device.overhead.count();
    out["total_bytes"] = device.total.count();
    out["error_bytes"] = device.error.count();
    out["usable_bytes"] = (device.total + device.free).count();
    out["free_bytes"] = device.free.count();
    return out;
}

Json host_json(const HostPlacement& host) {
    Json out;
    out["weights_bytes"] = host.weights.count();
    out["kv_cache_bytes"] = host.kv_cache.count();
    out["recurrent_state_bytes"] = host.recurrent_state.count();
    out["compute_bytes"] = host.compute.count();
    out["total_bytes"] = host.total.count();
    out["free_bytes"] = optional_count(host.free);
    return out;
}

}  // namespace

Json placement_json(const Placement& placement, const DeviceSet& set) {
    Json out;
    out["gpu_layers"] = placement.gpu_layers.count();
    out["layers"] = placement.layers.count();
    out["cpu_moe_layers"] = placement.cpu_moe_layers.count();
    out["host_expert_layers"] = placement.host_expert_layers.count();
    out["tensor_split"] = placement.tensor_split;
    out["default_split"] = placement.default_split;
    out["shortfall_bytes"] = placement.shortfall.count();
    out["devices"] = Json::array();
    for (std::size_t i = 0; i < placement.devices.size(); ++i)
        out["devices"].push_back(device_json(placement.devices[i], set.group_of(i)));
    out["host"] = host_json(placement.host);
    return out;
}

Json placement_rows(const Placement& placement, const DeviceSet& set) {
    Json rows = Json::array();
    for (std::size_t i = 0; i < placement.devices.size(); ++i)
        rows.push_back(device_json(placement.devices[i], set.group_of(i)));
    const HostPlacement& host = placement.host;
    Json row = device_json({}, {});
    for (auto& [name, value] : row.items()) value = nullptr;
    row["device"] = "cpu";
    const std::int64_t below = (placement.layers - placement.gpu_layers).count();
    if (below > 0) {
        row["first_layer"] = 0;
        row["last_layer"] = std::min(below, placement.layers.count() - 1) - 1;
    }
    row["output"] = placement.gpu_layers == Layers{};
    const Json filled = host_json(host);
    for (const auto& [name, value] : filled.items()) row[name] = value;
    if (host.free) row["usable_bytes"] = (host.total + *host.free).count();
    rows.push_back(std::move(row));
    return rows;
}

Json way_out_json(const WayOut& way) {
    const Placement& placement = way.placement;
    Json out;
    out["change"] = name_of(way.remedy);
    out["flag"] = way.flag;
    out["verdict"] = name_of(placement.verdict);
    out["required_bytes"] = placement.devices.empty() ? Json(nullptr) : Json(placement.fullest().total.count());
    out["total_bytes"] = placement.device_total().count();
    out["usable_bytes"] = way.usable.count();
    out["host_bytes"] = placement.host.total.count();
    out["gpu_layers"] = placement.gpu_layers.count();
    out["cpu_moe_layers"] = placement.cpu_moe_layers.count();
    out["parallel"] = way.sequences ? Json(*way.sequences) : Json(nullptr);
    out["kv_type"] = way.cache_type ? Json(traits(*way.cache_type).name) : Json(nullptr);
    out["context"] = optional_count(way.context);
    out["quant"] = way.quantization ? Json(traits(*way.quantization).name) : Json(nullptr);
    out["quality_percent"] = quality_json(way.quality);
    out["quality_points"] = way.quality_points ? Json(rounded_to(*way.quality_points, 1e2)) : Json(nullptr);
    out["device"] = way.device ? Json(way.device->id) : Json(nullptr);
    return out;
}

}  // namespace fitcalc
