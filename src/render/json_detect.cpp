#include <nlohmann/json.hpp>

#include "json_parts.hpp"

namespace fitcalc {
namespace {

// Absent texts and numbers are null.
struct Writer {
    Json& out;

    void operator()(const char* name, const std::string& value) const { out[name] = text(value); }
    void operator()(const char* name, GpuKind value) const { out[name] = name_of(value); }
    void operator()(const char* name, const std::optional<std::int64_t>& value) const {
        out[name] = value ? Json(*value) : Json(nullptr);
    }
    void operator()(const char* name, const std::optional<Bytes>& value) const { out[name] = optional_count(value); }
};

template <class Record>
Json fields_of(const Record& record) {
    Json out;
    visit_fields(record, Writer{out});
    return out;
}

Json device_json(const DetectedDevice& device) {
    Json out;
    out["device"] = device.record != nullptr ? Json(device.record->id) : Json(nullptr);
    visit_fields(device.gpu, Writer{out});
    Writer{out}("usable_bytes", device.usable);
    Writer{out}("usable_idle_bytes", device.usable_idle);
    out["chosen"] = device.chosen;
    return out;
}

}  // namespace

Json to_json(const DetectReport& report) {
    const Machine& machine = report.machine;
    Json out;
    out["schema"] = answer_schema;
    out["command"] = "detect";
    out["system"] = fields_of(machine.system);
    out["cpu"] = fields_of(machine.cpu);
    out["memory"] = fields_of(machine.memory);
    Writer{out["memory"]}("usable_bytes", machine.memory.usable());
    out["backend"] = report.backend;
    out["devices"] = Json::array();
    for (const DetectedDevice& device : report.devices) out["devices"].push_back(device_json(device));
    out["unread"] = Json::array();
    for (const Unread& unread : machine.unread) out["unread"].push_back(fields_of(unread));
    out["warnings"] = report.warnings;
    return out;
}

Json detect_rows(const DetectReport& report) {
    Json rows = Json::array();
    for (const DetectedDevice& device : report.devices) rows.push_back(device_json(device));
    const HostMemory& memory = report.machine.memory;
    Json host = device_json(DetectedDevice{});
    for (auto& [name, value] : host.items()) value = nullptr;
    host["device"] = host["vendor"] = host["kind"] = "cpu";
    Writer{host}("name", report.machine.cpu.name);
    Writer{host}("memory_bytes", memory.total);
    Writer{host}("free_bytes", memory.available);
    Writer{host}("limit_bytes", memory.limit);
    Writer{host}("usable_bytes", memory.usable());
    Writer{host}("usable_idle_bytes", memory.whole());
    host["chosen"] = report.backend == "cpu";
    rows.push_back(std::move(host));
    return rows;
}

}  // namespace fitcalc
