#include "quant_ladder.hpp"

#include <algorithm>
#include <array>

namespace fitcalc {
namespace {

// Qualities closer than this are the same to a user; then the smaller file is the better one.
constexpr double same_quality_percent = 0.1;

// What a user would not give up for having everything on the devices.
constexpr double good_quality_percent = 90.0;

// With a part in host memory more bits cost speed, so that the usual type is the most that is taken.
constexpr FileType most_with_offload = FileType::q4_k_m;

using enum FileType;
constexpr std::array size_line{q8_0,  q6_k,  q5_k_m, q5_k_s, q4_k_m,  q4_k_s, iq4_nl, iq4_xs,  q3_k_m, iq3_m,
                          iq3_s, iq3_xs, iq3_xxs, iq2_m,  iq2_s, iq2_xs, iq2_xxs, iq1_m,  iq1_s};

// Rows that don't fill a K type's block of 256 values.
bool has_odd_rows(const TensorInventory& inventory) {
    return std::ranges::any_of(inventory.tensors, [](const Tensor& tensor) {
        return tensor.shape.dimensions() >= 2 && !divides(GgmlType::q4_k, tensor.shape.row());
    });
}

double block_bits(FileType type) {
    const GgmlTypeTraits& block = traits(traits(type).default_type);
    return 8.0 * static_cast<double>(block.block_bytes) / static_cast<double>(block.block_values);
}

class Chooser {
public:
    Chooser(const QuantLadder& ladder, const Estimator& estimator, PlacementSolver& solver, bool importance_matrix)
        : ladder_{ladder}, estimator_{estimator}, solver_{solver}, importance_matrix_{importance_matrix},
          odd_rows_{has_odd_rows(estimator.inventory())}, quantized_(ladder.rungs().size()), verdicts_(ladder.rungs().size()) {}

    Result<std::optional<ChosenQuant>> choose(const PlacementLimits& limits) {
        PlacementLimits on_devices = limits;
        on_devices.host.reset();
        auto whole = best(on_devices, Verdict::good);
        if (whole && !*whole) whole = best(on_devices, Verdict::tight);
        if (!whole) return tl::unexpected(whole.error());
        const double quality = *whole ? ladder_.rungs()[**whole].quality_percent : 0;
        if (limits.host && quality < good_quality_percent) {
            std::ranges::fill(verdicts_, std::nullopt);
            const auto divided = best_divided(limits);
            if (!divided) return tl::unexpected(divided.error());
            if (*divided && ladder_.rungs()[**divided].quality_percent > quality) return chosen(**divided, limits);
        }
        if (!*whole) return std::optional<ChosenQuant>{};
        return chosen(**whole, on_devices);
    }

private:
    using Choice = std::optional<std::size_t>;

    const QuantizedModel& quantized(std::size_t rung) {
        auto& known = quantized_[rung];
        if (!known) known = estimator_.quantize(ladder_.rungs()[rung].type, importance_matrix_);
        return *known;
    }

    Result<bool> passes(std::size_t rung, const PlacementLimits& limits, Verdict worst) {
        auto& known = verdicts_[rung];
        if (!known) {
            const auto verdict = solver_.verdict(quantized(rung), limits);
            if (!verdict) return tl::unexpected(verdict.error());
            known = *verdict;
        }
        return at_least(*known, worst);
    }

    // Bits a weight that the devices have room for, cache and all else left out of account: the search begins there.
    double most_bits(const PlacementLimits& limits) const {
        Bytes usable;
        for (const PlacementDevice& device : limits.devices) usable += device.usable;
        return 8.0 * static_cast<double>(usable.count()) / static_cast<double>(estimator_.parameters().count());
    }

    // Along the main line sizes fall, so that a step in the right direction finds where fitting begins.
    Result<Choice> best(const PlacementLimits& limits, Verdict worst) {
        const auto& line = ladder_.main_line();
        const double bits = most_bits(limits);
        const auto guess = std::ranges::find_if(line, [&](std::size_t r) { return block_bits(ladder_.rungs()[r].type) <= bits; });
        auto at = static_cast<std::size_t>(std::min(guess, line.end() - 1) - line.begin());
        auto fit = passes(line[at], limits, worst);
        while (fit && !*fit && at + 1 < line.size()) fit = passes(line[++at], limits, worst);
        while (fit && *fit && at > 0) {
            fit = passes(line[at - 1], limits, worst);
            if (fit && *fit) --at;
        }
        if (!fit) return tl::unexpected(fit.error());
        const auto found = passes(line[at], limits, worst);
        if (!found) return tl::unexpected(found.error());
        return beside_the_line(*found ? Choice{line[at]} : Choice{}, limits, worst);
    }

    // Where rows don't fill the blocks of K types, those give way to larger ones, and a type beside the main line may be
    // the better one.
    Result<Choice> beside_the_line(Choice found, const PlacementLimits& limits, Verdict worst) {
        if (!odd_rows_) return found;
        const auto& rungs = ladder_.rungs();
        for (std::size_t rung = 0; rung < found.value_or(rungs.size()); ++rung) {
            if (found && rungs[rung].quality_percent - rungs[*found].quality_percent < same_quality_percent) continue;
            const auto fit = passes(rung, limits, worst);
            if (!fit) return tl::unexpected(fit.error());
            if (*fit) return Choice{rung};
        }
        return found;
    }

    Result<Choice> best_divided(const PlacementLimits& limits) {
        const auto& rungs = ladder_.rungs();
        bool begun = false;
        for (const std::size_t rung : ladder_.main_line()) {
            begun = begun || rungs[rung].type == most_with_offload;
            if (!begun) continue;
            const auto fit = passes(rung, limits, Verdict::offload);
            if (!fit) return tl::unexpected(fit.error());
            if (*fit) return Choice{rung};
        }
        return Choice{};
    }

    Result<std::optional<ChosenQuant>> chosen(std::size_t rung, const PlacementLimits& limits) {
        auto placement = solver_.place(quantized(rung), limits);
        if (!placement) return tl::unexpected(placement.error());
        return ChosenQuant{std::move(*quantized_[rung]), ladder_.rungs()[rung].record, std::move(*placement)};
    }

    const QuantLadder& ladder_;
    const Estimator& estimator_;
    PlacementSolver& solver_;
    bool importance_matrix_, odd_rows_;
    std::vector<std::optional<QuantizedModel>> quantized_;
    std::vector<std::optional<Verdict>> verdicts_;
};

}  // namespace

Result<std::optional<ChosenQuant>> choose_quant(const QuantLadder& ladder, const Estimator& estimator,
                                                PlacementSolver& solver, const PlacementLimits& limits,
                                                bool importance_matrix) {
    return Chooser{ladder, estimator, solver, importance_matrix}.choose(limits);
}

QuantLadder::QuantLadder(const Catalog& catalog) {
    for (const FileTypeTraits& type : file_types()) {
        const QuantRecord* record = catalog.find_quant(type.name);
        if (record && record->quality_percent) rungs_.push_back({type.type, record, *record->quality_percent});
    }
    std::ranges::stable_sort(rungs_, std::ranges::greater{}, &Rung::quality_percent);
    for (const FileType type : size_line) {
        const auto rung = std::ranges::find(rungs_, type, &Rung::type);
        if (rung != rungs_.end()) main_line_.push_back(static_cast<std::size_t>(rung - rungs_.begin()));
    }
}

}  // namespace fitcalc
