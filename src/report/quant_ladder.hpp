// Which quantization to take on given devices.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "fit_request.hpp"
#include "fitcalc/placement.hpp"
#include "fitcalc/quality.hpp"

namespace fitcalc {

// What one quantization leaves of a model, and what it takes.
struct QuantOffer {
    double quality_percent = 0;
    Bytes size;
};

// Qualities closer than this are the same to a user; then the smaller file is the better one.
inline constexpr double same_quality_percent = 0.1;

// With less than this left perplexity is a third higher than at 16 bits. Another model, or another machine, is the
// better advice: such a quantization is shown, but not proposed.
inline constexpr double least_proposed_percent = 75.0;
inline bool below_proposed(const Quality& quality) {
    return quality.percent < least_proposed_percent;
}

bool is_quantization(FileType type);

// The place of the offer to take: of those that lose as little as the best one, to what a user would notice, the
// smallest. nullopt: there is none.
std::optional<std::size_t> least_loss(std::span<const QuantOffer> offers);

// The quantizations whose loss is known. Types of 16 bits are none: nobody would notice what they have over Q8_0.
class QuantLadder {
public:
    struct Rung {
        FileType type = FileType::q4_k_m;
        const QuantRecord* record = nullptr;
    };

    explicit QuantLadder(const Catalog& catalog);

    // Those of which each is smaller than the one before, as long as a model's rows fill whole blocks, and mostly none
    // of the others is better at its size.
    std::span<const Rung> main_line() const { return std::span{rungs_}.first(main_line_); }
    std::span<const Rung> all() const { return rungs_; }

private:
    std::vector<Rung> rungs_;  // the main line, then the others
    std::size_t main_line_ = 0;
};

struct ChosenQuant {
    QuantizedModel quantized;
    const QuantRecord* record = nullptr;
    std::optional<Quality> quality;
    Placement placement;
};

// What a choice is made for.
struct QuantQuestion {
    const Catalog& catalog;
    const ModelRecord& record;
    const Estimator& estimator;
    Params active;  // parameters used for one token
    const PlacementLimits& limits;
    bool importance_matrix = true;
};

// The least loss that fits with the whole error band; where none does, the least that fits by the estimate; nullopt
// where none does that either. With host memory, a quantization that loses much for the sake of the devices gives way
// to the usual one with a part in host memory.
Result<std::optional<ChosenQuant>> choose_quant(const QuantLadder& ladder, PlacementSolver& solver,
                                                const QuantQuestion& question);

}  // namespace fitcalc
