// Fits the speed model's coefficients to measurements.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "speed_rows.hpp"

namespace fitcalc::test {

struct FittedCoefficient {
    std::string name;
    double prior = 0;  // what it would be without measurements
    double width = 0;  // of the prior, as a standard deviation of its logarithm
    double* value = nullptr;
};

// Coefficients that measurements decide, with what physics and other engines' figures say of them beforehand.
// Families without measurements are left as they are.
std::vector<FittedCoefficient> fitted_coefficients(SpeedCoefficients& coefficients, const std::vector<SpeedRow>& rows);

// Least squares of log(measured ÷ predicted) and of each coefficient's logarithm around its prior, with Huber's loss
// for what no model explains, by Levenberg and Marquardt's method. Many runs of one model on one device, in one
// source, count for less than as many of different ones, and so do models whose tensors aren't known.
void fit(const std::vector<FittedCoefficient>& coefficients, const std::vector<const SpeedRow*>& rows);

// Predictions of each row by coefficients fitted without its (device, model) pair.
std::vector<double> cross_validate(const std::vector<FittedCoefficient>& coefficients, const std::vector<SpeedRow>& rows);

}  // namespace fitcalc::test
