// The answer to `fitcalc models --gpu D`: the catalog's models that fit, each at its best quantization.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fit_report.hpp"
#include "fit_request.hpp"
#include "fitcalc/placement.hpp"

namespace fitcalc {

struct ModelsRequest {
    FitRequest question;            // without a model; its devices and host memory are asked for
    bool context_given = false;     // otherwise 8,192, or a model's whole context where that is less
    std::optional<FileType> quant;  // the one to take; otherwise each model's best
    bool max_context = true;        // find each model's largest context
};

struct FittingModel {
    const ModelRecord* record = nullptr;
    Params parameters, active_parameters;
    Layers expert_layers;  // the first so many hold all routed experts
    Tokens context_length;
    Tokens context;  // asked about
    FileType quant = FileType::q4_k_m;
    std::optional<Quality> quality;  // of this model at it
    double bits_per_weight = 0;
    Bytes file_size;
    Placement placement;
    std::optional<Tokens> max_context;
    std::optional<SpeedReport> speed;  // where it is modelled
};

struct ModelsReport {
    SettingsSummary settings;
    DeviceSet devices;
    bool context_given = false;
    bool whole_context = false;  // each model's own, not that of `settings`
    bool quant_given = false;
    std::vector<FittingModel> models;              // the most parameters first, those below_proposed() last
    std::vector<const ModelRecord*> needs_ram;     // a part is kept off the devices, and it wasn't said how much RAM there is
    std::vector<const ModelRecord*> too_large;     // at every quantization that was tried
    std::vector<const ModelRecord*> too_short;     // trained for less than the context asked for
    std::vector<const ModelRecord*> not_computed;  // of an unknown architecture, or one that these settings don't suit
    std::vector<std::string> warnings;
};

Result<ModelsReport> build_models_report(const ModelsRequest& request);

}  // namespace fitcalc
