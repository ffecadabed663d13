#include "quant_ladder.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>

namespace fitcalc {
namespace {

bool as_good(double quality, double best) { return quality >= best - same_quality_percent; }

// What a user would not give up for having everything on the devices.
constexpr double good_quality_percent = 90.0;

using enum FileType;
constexpr std::array size_line{q8_0,  q6_k,   q5_k_m,  q5_k_s, q4_k_m, q4_k_s, iq4_nl,  iq4_xs, q3_k_m, iq3_m,
                               iq3_s, iq3_xs, iq3_xxs, iq2_m,  iq2_s,  iq2_xs, iq2_xxs, iq1_m,  iq1_s};

// With a part in host memory more bits cost speed, so that the usual type is the most that is taken.
constexpr FileType most_with_offload = q4_k_m;

// Whether much of the model lies in rows that don't fill a K type's block of 256 values: there those types give way to
// larger ones.
bool has_odd_rows(const Estimator& estimator) {
    constexpr std::int64_t much = 16;  // one part in so many
    Params odd;
    for (const Tensor& tensor : estimator.inventory().tensors)
        if (!divides(GgmlType::q4_k, tensor.shape.row())) odd += tensor.params();
    return odd * much > estimator.parameters();
}

class Chooser {
public:
    Chooser(const QuantLadder& ladder, PlacementSolver& solver, const QuantQuestion& question)
        : ladder_{ladder}, solver_{solver}, question_{question}, qualities_(ladder.all().size()) {}

    Result<std::optional<ChosenQuant>> choose() {
        PlacementLimits on_devices = question_.limits;
        if (!on_devices.devices.empty()) on_devices.host.reset();
        auto whole = best(on_devices, Verdict::good);
        if (whole && !*whole) whole = best(on_devices, Verdict::offload);
        if (!whole) return tl::unexpected(whole.error());
        const double kept = *whole ? quality(**whole) : 0;
        if (question_.limits.host && !question_.limits.devices.empty() && kept < good_quality_percent) {
            verdicts_.clear();
            const auto divided = best_divided();
            if (!divided) return tl::unexpected(divided.error());
            if (*divided && quality(**divided) > kept) return chosen(**divided, question_.limits);
        }
        if (!*whole) return std::optional<ChosenQuant>{};
        return chosen(**whole, on_devices);
    }

private:
    using Choice = std::optional<std::size_t>;  // of all rungs

    const QuantizedModel& quantized(std::size_t rung) {
        const auto known = quantized_.find(rung);
        if (known != quantized_.end()) return known->second;
        return quantized_
            .emplace(rung, question_.estimator.quantize(ladder_.all()[rung].type, question_.importance_matrix))
            .first->second;
    }

    std::optional<Quality> stated_quality(std::size_t rung) const {
        return quality_of(question_.catalog, question_.record, question_.estimator.model(), question_.active,
                          *ladder_.all()[rung].record);
    }
    double quality(std::size_t rung) {
        std::optional<double>& known = qualities_[rung];
        if (known) return *known;
        const auto stated = stated_quality(rung);
        return known.emplace(stated ? stated->percent : 0);
    }

    Result<bool> passes(std::size_t rung, const PlacementLimits& limits, Verdict worst) {
        auto known = verdicts_.find(rung);
        if (known == verdicts_.end()) {
            const auto verdict = solver_.verdict(quantized(rung), limits);
            if (!verdict) return tl::unexpected(verdict.error());
            known = verdicts_.emplace(rung, *verdict).first;
        }
        return at_least(known->second, worst);
    }

    // Bits a weight that there is room for, cache and all else left out of account: the search begins there.
    double most_bits(const PlacementLimits& limits) const {
        Bytes room = limits.devices.empty() ? limits.host.value_or(Bytes{}) : Bytes{};
        for (const PlacementDevice& device : limits.devices) room += device.usable;
        return 8.0 * static_cast<double>(room.count()) / static_cast<double>(question_.estimator.parameters().count());
    }

    // Along the main line sizes fall, so that steps in the right direction find where fitting begins.
    Result<Choice> first_on_the_line(const PlacementLimits& limits, Verdict worst) {
        const auto line = ladder_.main_line();
        const double bits = most_bits(limits);
        const auto guess = std::ranges::find_if(line, [&](const QuantLadder::Rung& r) { return bits_per_value(traits(r.type).default_type) <= bits; });
        auto at = static_cast<std::size_t>(std::min(guess, line.end() - 1) - line.begin());
        auto fit = passes(at, limits, worst);
        if (fit && !*fit) {
            const auto any = passes(line.size() - 1, limits, worst);
            if (!any || !*any) return any.map([](bool) { return Choice{}; });
            while (fit && !*fit) fit = passes(++at, limits, worst);
        } else {
            while (fit && at > 0 && (fit = passes(at - 1, limits, worst)) && *fit) --at;
            if (fit) fit = true;
        }
        if (!fit) return tl::unexpected(fit.error());
        return Choice{at};
    }

    // All that fit and that might be taken, where the main line's order is neither that of sizes nor that of losses.
    Result<std::vector<std::size_t>> fitting_in_any_order(const PlacementLimits& limits, Verdict worst) {
        std::vector<std::size_t> by_quality(ladder_.all().size());
        std::iota(by_quality.begin(), by_quality.end(), std::size_t{0});
        std::ranges::stable_sort(by_quality, std::ranges::greater{}, [&](std::size_t rung) { return quality(rung); });
        std::vector<std::size_t> rungs;
        for (const std::size_t rung : by_quality) {
            if (!rungs.empty() && !as_good(quality(rung), quality(rungs.front()))) break;
            const auto fit = passes(rung, limits, worst);
            if (!fit) return tl::unexpected(fit.error());
            if (*fit) rungs.push_back(rung);
        }
        return rungs;
    }

    // The same on the main line: the rest of it, and of the others those that lose less than its first.
    Result<std::vector<std::size_t>> fitting_on_the_line(const PlacementLimits& limits, Verdict worst) {
        std::vector<std::size_t> rungs;
        const auto first = first_on_the_line(limits, worst);
        if (!first) return tl::unexpected(first.error());
        if (!*first) return rungs;  // no type takes fewer bits than the last one of the line
        const std::size_t line = ladder_.main_line().size();
        for (std::size_t rung = **first; rung < line; ++rung) rungs.push_back(rung);
        const double kept = quality(**first);
        for (std::size_t rung = line; rung < ladder_.all().size() && *first != Choice{0}; ++rung) {
            if (quality(rung) <= kept) continue;
            const auto fit = passes(rung, limits, worst);
            if (!fit) return tl::unexpected(fit.error());
            if (*fit) rungs.push_back(rung);
        }
        return rungs;
    }

    Result<Choice> best(const PlacementLimits& limits, Verdict worst) {
        // Every type counts where rows are odd, or losses were measured on this very model.
        const bool any_order = has_odd_rows(question_.estimator) || question_.catalog.measured(question_.record.id);
        const auto rungs = any_order ? fitting_in_any_order(limits, worst) : fitting_on_the_line(limits, worst);
        if (!rungs) return tl::unexpected(rungs.error());
        std::vector<QuantOffer> offers;
        for (const std::size_t rung : *rungs) {
            // Sizes on the main line fall, so that their order stands for those that nobody has asked for.
            const bool ordered = !any_order && rungs->back() < ladder_.main_line().size();
            const auto order = static_cast<std::int64_t>(ladder_.all().size() - rung);
            offers.push_back({quality(rung), ordered ? Bytes{order} : quantized(rung).weights.file});
        }
        const auto place = least_loss(offers);
        return place ? Choice{(*rungs)[*place]} : Choice{};
    }

    Result<Choice> best_divided() {
        const auto line = ladder_.main_line();
        const auto place_of = [&](FileType type) {
            const auto found = std::ranges::find(ladder_.all(), type, &QuantLadder::Rung::type);
            return static_cast<std::size_t>(found - ladder_.all().begin());
        };
        std::vector<std::size_t> rungs;
        if (experts_in_mxfp4(question_.estimator.model())) rungs.push_back(place_of(mxfp4_moe));
        for (std::size_t rung = place_of(most_with_offload); rung < line.size(); ++rung) rungs.push_back(rung);
        for (const std::size_t rung : rungs) {
            if (rung == ladder_.all().size()) continue;  // the catalog says nothing of it
            const auto fit = passes(rung, question_.limits, Verdict::offload);
            if (!fit) return tl::unexpected(fit.error());
            if (*fit) return Choice{rung};
        }
        return Choice{};
    }

    Result<std::optional<ChosenQuant>> chosen(std::size_t rung, const PlacementLimits& limits) {
        auto placement = solver_.place(quantized(rung), limits);
        if (!placement) return tl::unexpected(placement.error());
        return ChosenQuant{std::move(quantized_.at(rung)), ladder_.all()[rung].record, stated_quality(rung),
                           std::move(*placement)};
    }

    const QuantLadder& ladder_;
    PlacementSolver& solver_;
    const QuantQuestion& question_;
    std::vector<std::optional<double>> qualities_;
    std::map<std::size_t, QuantizedModel> quantized_;
    std::map<std::size_t, Verdict> verdicts_;
};

}  // namespace

bool is_quantization(FileType type) { return traits(traits(type).default_type).quantized; }

std::optional<std::size_t> least_loss(std::span<const QuantOffer> offers) {
    if (offers.empty()) return std::nullopt;
    const double best = std::ranges::max(offers, {}, &QuantOffer::quality_percent).quality_percent;
    std::optional<std::size_t> found;
    for (std::size_t i = 0; i < offers.size(); ++i)
        if (as_good(offers[i].quality_percent, best) && (!found || offers[i].size < offers[*found].size)) found = i;
    return found;
}

QuantLadder::QuantLadder(const Catalog& catalog) {
    const auto add = [&](FileType type) {
        const QuantRecord* record = catalog.find_quant(traits(type).name);
        const bool stated = record && (record->loss_fit || record->quality_percent);
        // Of models whose experts come in MXFP4 it is known, too.
        if (record && is_quantization(type) && (stated || type == mxfp4_moe)) rungs_.push_back({type, record});
    };
    for (const FileType type : size_line) add(type);
    main_line_ = rungs_.size();
    for (const FileTypeTraits& type : file_types())
        if (std::ranges::find(size_line, type.type) == size_line.end()) add(type.type);
}

Result<std::optional<ChosenQuant>> choose_quant(const QuantLadder& ladder, PlacementSolver& solver,
                                                const QuantQuestion& question) {
    return Chooser{ladder, solver, question}.choose();
}

}  // namespace fitcalc
