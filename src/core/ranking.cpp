#include "fitcalc/ranking.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace fitcalc {
namespace {

constexpr int sweeps = 200;           // alternating least squares: far more than it takes to settle
constexpr double pull = 0.2;          // of a model's strength to the middle, in observations
constexpr double least_percent = 0.5; // 0 % and 100 % have no log-odds

double log_odds(double percent) {
    const double share = std::clamp(percent, least_percent, 100.0 - least_percent) / 100.0;
    return std::log(share / (1.0 - share));
}

double percent_of(double odds) { return 100.0 / (1.0 + std::exp(-odds)); }

// Sets of models and benchmarks that observations connect.
class Groups {
public:
    explicit Groups(std::size_t members) : parent_(members) { std::iota(parent_.begin(), parent_.end(), std::size_t{0}); }

    std::size_t of(std::size_t member) {
        while (parent_[member] != member) member = parent_[member] = parent_[parent_[member]];
        return member;
    }
    void join(std::size_t a, std::size_t b) { parent_[of(a)] = of(b); }

private:
    std::vector<std::size_t> parent_;
};

// The observations of the group that has the most of them.
std::vector<Observation> comparable(std::span<const Observation> observations, std::size_t models, std::size_t benchmarks) {
    Groups groups{models + benchmarks};
    for (const Observation& each : observations) groups.join(each.model, models + each.benchmark);
    std::vector<std::size_t> sizes(models + benchmarks);
    for (const Observation& each : observations) ++sizes[groups.of(each.model)];
    const auto largest = static_cast<std::size_t>(std::ranges::max_element(sizes) - sizes.begin());
    std::vector<Observation> kept;
    for (const Observation& each : observations)
        if (groups.of(each.model) == largest) kept.push_back(each);
    return kept;
}

}  // namespace

std::vector<std::optional<double>> expected_percent(std::span<const Observation> observations, std::size_t models,
                                                    std::size_t benchmarks) {
    std::vector<std::optional<double>> expected(models);
    if (observations.empty()) return expected;
    const std::vector<Observation> known = comparable(observations, models, benchmarks);
    std::vector<double> strength(models), ease(benchmarks), sum_of_models(models), sum_of_benchmarks(benchmarks);
    std::vector<std::size_t> of_model(models), of_benchmark(benchmarks);
    for (const Observation& each : known) {
        ++of_model[each.model];
        ++of_benchmark[each.benchmark];
    }
    for (int sweep = 0; sweep < sweeps; ++sweep) {
        std::ranges::fill(sum_of_benchmarks, 0.0);
        for (const Observation& each : known)
            sum_of_benchmarks[each.benchmark] += log_odds(each.percent) - strength[each.model];
        for (std::size_t b = 0; b < benchmarks; ++b)
            if (of_benchmark[b] > 0) ease[b] = sum_of_benchmarks[b] / static_cast<double>(of_benchmark[b]);
        std::ranges::fill(sum_of_models, 0.0);
        for (const Observation& each : known) sum_of_models[each.model] += log_odds(each.percent) - ease[each.benchmark];
        for (std::size_t m = 0; m < models; ++m)
            if (of_model[m] > 0) strength[m] = sum_of_models[m] / (static_cast<double>(of_model[m]) + pull);
    }
    const auto measured = static_cast<double>(std::ranges::count_if(of_benchmark, [](std::size_t n) { return n > 0; }));
    for (std::size_t m = 0; m < models; ++m) {
        if (of_model[m] == 0) continue;
        double sum = 0;
        for (std::size_t b = 0; b < benchmarks; ++b)
            if (of_benchmark[b] > 0) sum += percent_of(strength[m] + ease[b]);
        expected[m] = sum / measured;
    }
    return expected;
}

}  // namespace fitcalc
