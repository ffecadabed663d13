// Models by what benchmarks say of them, though few were measured on the same ones.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace fitcalc {

// A share of right answers that one model reached on one benchmark.
struct Observation {
    std::size_t model = 0;
    std::size_t benchmark = 0;
    double percent = 0;  // 0 to 100
};

// The mean share of right answers that each model would reach over all the benchmarks: log-odds are taken for the sum
// of the model's strength and the benchmark's ease (the Rasch model with a squared error), which makes up for what
// a model was not measured on. A light pull to the middle keeps models with few figures from the extremes.
// nullopt: not measured at all, or on no benchmark that leads to the others' by way of models measured on both.
std::vector<std::optional<double>> expected_percent(std::span<const Observation> observations, std::size_t models,
                                                    std::size_t benchmarks);

}  // namespace fitcalc
