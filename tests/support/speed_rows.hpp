// Published speed measurements (tests/reference/speed), as the speed model's questions.
#pragma once

#include <string>
#include <vector>

#include "fitcalc/catalog.hpp"
#include "fitcalc/speed.hpp"

namespace fitcalc::test {

// The catalog's coefficients in a form that a fit may change. Rows point into it.
struct SpeedCoefficients {
    std::vector<SpeedFamily> families;
    std::vector<SpeedBackend> backends;
    std::vector<SpeedEngine> engines;

    explicit SpeedCoefficients(const Catalog& catalog);
};

struct SpeedRow {
    std::string device, model, quant, engine, date, source;
    std::size_t family = 0;       // index into SpeedCoefficients::families
    bool decode = false;
    bool tensors_known = false;   // the model's tensors are; otherwise its work comes from the row's own facts
    std::vector<SpeedPart> parts;
    SpeedSettings settings;
    double tokens = 0, depth = 0;
    double rate = 0;              // tokens per second, measured

    std::string pair() const { return device + " " + model; }
    double predicted() const;
};

struct SpeedRows {
    std::vector<SpeedRow> rows;
    std::vector<std::string> left_out;  // "why: what", one for each row
};

SpeedRows speed_rows(const SpeedCoefficients& coefficients);

}  // namespace fitcalc::test
