// Which quantization to take on given devices.
#pragma once

#include <optional>
#include <vector>

#include "fit_request.hpp"
#include "fitcalc/placement.hpp"

namespace fitcalc {

// The file types whose loss has been measured, from the one that loses least.
class QuantLadder {
public:
    struct Rung {
        FileType type = FileType::q4_k_m;
        const QuantRecord* record = nullptr;
        double quality_percent = 0;
    };

    explicit QuantLadder(const Catalog& catalog);

    const std::vector<Rung>& rungs() const { return rungs_; }
    // Those of which each is smaller than the one before it, and no other is better at its size, whatever the model, as
    // long as its rows fill whole blocks.
    const std::vector<std::size_t>& main_line() const { return main_line_; }

private:
    std::vector<Rung> rungs_;
    std::vector<std::size_t> main_line_;
};

struct ChosenQuant {
    QuantizedModel quantized;
    const QuantRecord* record = nullptr;
    Placement placement;
};

// The least loss that fits with the whole error band; where none does, the least that fits by the estimate; nullopt
// where none does that either. With host memory, a quantization that loses much for the sake of the devices gives way
// to the usual one with a part in host memory.
Result<std::optional<ChosenQuant>> choose_quant(const QuantLadder& ladder, const Estimator& estimator,
                                                PlacementSolver& solver, const PlacementLimits& limits,
                                                bool importance_matrix);

}  // namespace fitcalc
