// The answer to `fitcalc compare`: models, quantizations or devices side by side, and whether all of them can be
// resident at once.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fit_report.hpp"
#include "fit_request.hpp"
#include "fitcalc/placement.hpp"

namespace fitcalc {

struct CompareRequest {
    std::vector<FitRequest> columns;
    bool together = false;  // all columns on the devices of the first one
};

struct CompareColumn {
    ModelSummary model;
    SettingsSummary settings;
    std::optional<Quality> quality;  // of the model at its quantization
    MemoryEstimate estimate, full_context;
    Bytes cache_bytes_per_token;
    DeviceSet devices;
    std::optional<Placement> placement;  // on these devices
    std::optional<Tokens> max_context;   // there; none where not even the smallest fits
    std::optional<SpeedReport> speed;    // there, where it fits and speed is modelled
    CostsReport costs;
    std::optional<ContextCurve> curve;  // where asked for
};

// Where one of several resident models lies.
struct Resident {
    std::size_t column = 0;
    std::vector<std::size_t> devices;  // that hold a part of it
    Placement placement;
};

// Every model in a process of its own.
struct Together {
    std::vector<Resident> residents;
    std::vector<Bytes> usable, total, free;  // of each device
    Bytes host_total;
    std::optional<Bytes> host_free;  // where it is known how much there is
    Verdict verdict = Verdict::no;
    Bytes shortfall;  // missing over all devices and host memory; 0 when they fit
};

struct CompareReport {
    std::vector<CompareColumn> columns;
    std::optional<Together> together;
    bool yes = true;  // together they fit; without that question: everything fits on what was asked for
    std::vector<std::string> warnings;
};

Result<CompareReport> build_compare_report(const CompareRequest& request);

}  // namespace fitcalc
