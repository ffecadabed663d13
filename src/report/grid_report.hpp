// The answer to `fitcalc grid MODEL`: quantizations down, contexts across.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fit_report.hpp"
#include "fit_request.hpp"

namespace fitcalc {

struct GridRequest {
    FitRequest question;             // its context and quantization don't matter
    std::vector<Tokens> contexts;    // empty: powers of two from 4,096, and the model's whole one
    std::vector<FileType> quants;    // empty: all
};

struct GridCell {
    Tokens context;
    Bytes total;  // with everything on one device
    // On the devices asked for, or in the host memory where that is all that was asked for.
    Bytes required;  // on the device with the least to spare
    Bytes headroom;  // what is left there
    Bytes host;      // in host memory
    Bytes shortfall; // missing over all devices and host memory; 0 where it fits
    std::optional<Verdict> verdict;
    std::optional<SpeedFigure> decode;  // where it fits and speed is modelled
};

struct GridRow {
    FileType type = FileType::q4_k_m;
    std::string label;                    // of a file as it is; empty: the name of `type`
    const QuantRecord* record = nullptr;  // null where the catalog says nothing
    std::optional<Quality> quality;       // of this model at it
    double bits_per_weight = 0;
    Bytes weights, file_size;
    bool asked = false;  // by name
    std::vector<GridCell> cells;
};

struct GridReport {
    ModelSummary model;
    SettingsSummary settings;
    DeviceSet devices;
    std::vector<Tokens> contexts;
    std::vector<GridRow> rows;
    bool any_fits = true;  // true where no memory was named
    std::vector<std::string> warnings;
};

Result<GridReport> build_grid_report(const GridRequest& request);

}  // namespace fitcalc
