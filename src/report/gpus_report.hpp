// The answer to `fitcalc gpus MODEL`: every kind of device, the smallest number of it that fits, and what is left then.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fit_report.hpp"
#include "fit_request.hpp"

namespace fitcalc {

enum class DeviceOrder { memory, count, price, speed };

struct GpusRequest {
    FitRequest question;        // without devices; host memory may be named
    std::int64_t max_count = 8; // of one kind in one machine
    std::string vendor;         // "nvidia"; empty: all
    std::string kind;           // of the catalog's kinds or classes: "gpu", "unified", "laptop"; empty: all
    DeviceOrder order = DeviceOrder::memory;
    bool max_context = true;    // find the largest context on each
};

struct GpusReport {
    ModelSummary model;
    SettingsSummary settings;        // its backend: of all devices; empty where each has its own
    Bytes file_size;
    std::int64_t max_count = 8;
    DeviceOrder order = DeviceOrder::memory;
    std::vector<DeviceRow> devices;  // with the smallest count that fits; in that order
    std::vector<const DeviceRecord*> too_small;  // up to `max_count` of them
    std::vector<const DeviceRecord*> not_computed;  // memory unknown, of several kinds, or more than a process takes
    std::vector<std::string> warnings;
};

Result<GpusReport> build_gpus_report(const GpusRequest& request);

// What so many cost at launch; nullopt where no price is known.
std::optional<std::int64_t> launch_price_usd(const DeviceRow& row);

}  // namespace fitcalc
