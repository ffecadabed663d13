// One machine's measured speed beside what is estimated for it.
#pragma once

#include <string>
#include <vector>

#include "fitcalc/catalog.hpp"
#include "fitcalc/quant_scheme.hpp"
#include "fitcalc/result.hpp"
#include "speed_report.hpp"

namespace fitcalc {

struct MeasuredRun {
    const DeviceRecord* device = nullptr;
    std::int64_t count = 1;  // of them
    const ModelRecord* model = nullptr;
    FileType quant = FileType::q4_k_m;
    std::string engine = "llama.cpp";
    std::string backend;  // empty: the device's own
    EngineSettings settings;
    bool decode = true;
    Tokens tokens, depth;    // generated or of the prompt, behind `depth` others
    double rate = 0;         // tokens per second
};

struct CalibratedRun {
    MeasuredRun run;
    double estimated = 0;  // tokens per second

    double factor() const { return run.rate / estimated; }
};

// Runs on devices whose speed isn't modelled are an error.
Result<CalibratedRun> compare_run(const Catalog& catalog, const MeasuredRun& run);

// One for each device; several runs' factors become their geometric mean.
std::vector<Calibration> calibrations_of(const std::vector<CalibratedRun>& runs);

struct CalibrationReport {
    std::vector<CalibratedRun> runs;
    std::vector<Calibration> calibrations;
    std::vector<std::string> warnings;
};

}  // namespace fitcalc
