#include "speed_fit.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <utility>

namespace fitcalc::test {
namespace {

constexpr double decode_noise = 0.08, prefill_noise = 0.15;  // of repeated measurements, about
constexpr int most_steps = 25;
constexpr std::size_t folds = 8;

class Priors {
public:
    explicit Priors(std::vector<FittedCoefficient>& out) : out_{&out} {}
    void operator()(const std::string& name, double& value, double prior, double width) {
        out_->push_back({name, prior, width, &value});
    }

private:
    std::vector<FittedCoefficient>* out_;
};

void add_family(Priors& add, SpeedFamily& family) {
    const std::string name(family.name);
    const bool apple = family.vendor == "apple";
    // HBM and Intel's first cards are known not to be filled by one sequence.
    const bool wide = name == "A100" || name == "Volta" || name == "Xe-HPG";
    add(name + " bandwidth", family.bandwidth, wide ? 0.6 : 0.8, 0.15);
    add(name + " launch", family.launch, apple ? 120e-6 : 80e-6, 0.4);
    add(name + " compute", family.compute, apple ? 0.8 : 0.45, 0.4);
}

// A bf16 kernel may be missing; a table look-up may cost more than the memory.
constexpr std::array<std::pair<double, double>, kernel_kinds> decode_priors{{
    {1.07, 0.08}, {1.0, 0.3}, {1.1, 0.08}, {1.08, 0.08}, {1.0, 0.08}, {0.75, 0.08}, {0.96, 0.08}, {0.9, 0.08}, {1.03, 0.08}}};
constexpr std::array<std::pair<double, double>, kernel_kinds> prefill_priors{{
    {1.1, 0.15}, {1.0, 0.4}, {1.05, 0.15}, {1.05, 0.15}, {0.9, 0.15}, {0.85, 0.15}, {0.95, 0.15}, {0.85, 0.15}, {1.0, 0.15}}};

void add_backend(Priors& add, SpeedBackend& backend) {
    const std::string name(backend.name);
    if (name == "vulkan" || name == "rocm") {
        add(name + " bandwidth", backend.bandwidth, 1, 0.1);
        add(name + " launch", backend.launch, name == "rocm" ? 1.5 : 1, 0.3);
        add(name + " compute", backend.compute, 1, 0.3);
    }
    add(name + " cache", backend.cache, 0.6, 0.3);
    add(name + " cache_without_flash", backend.cache_without_flash, 0.6, 0.6);
    add(name + " attention", backend.attention, 0.12, 0.5);
    add(name + " attention_without_flash", backend.attention_without_flash, 0.6, 0.3);
    add(name + " experts", backend.experts, 0.9, 0.15);
    add(name + " expert_launch", backend.expert_launch, 0.4, 0.5);
    add(name + " recurrent_launch", backend.recurrent_launch, 0.5, 0.5);
    add(name + " hop", backend.hop, 200e-6, 0.5);
    add(name + " pipeline", backend.pipeline, 0.87, 0.1);
    add(name + " linked", backend.linked, 6.6e-6, 0.5);
    add(name + " unlinked", backend.unlinked, 30e-6, 0.7);
    add(name + " ramp", backend.ramp, 32, 0.5);
    add(name + " expert_ramp", backend.expert_ramp, 32, 0.5);
    add(name + " reread", backend.reread, 0.5, 0.4);
    add(name + " batch_launch", backend.batch_launch, 1.2, 0.4);
    for (std::size_t i = 0; i < kernel_kinds; ++i) {
        const std::string kind(name_of(static_cast<KernelKind>(i)));
        add(name + " decode " + kind, backend.decode[i], decode_priors[i].first, decode_priors[i].second);
        add(name + " prefill " + kind, backend.prefill[i], prefill_priors[i].first, prefill_priors[i].second);
    }
}

void add_engine(Priors& add, SpeedEngine& engine) {
    const std::string name(engine.name);
    if (name == "llama.cpp") return;  // the others are relative to its present builds
    const bool older = name.starts_with("llama.cpp");
    // Engines that capture a token's launches as one graph.
    const bool captures = name == "vllm" || name == "exllama" || name == "compiled";
    add(name + " bandwidth", engine.bandwidth, 1, older ? 0.08 : 0.12);
    add(name + " launch", engine.launch, captures ? 0.6 : 1, captures ? 0.4 : 0.2);
    add(name + " compute", engine.compute, 1, 0.3);
    add(name + " experts", engine.experts, 1, 0.2);
}

// One column for the normal equations' right side.
using Matrix = std::vector<std::vector<double>>;

std::vector<double> solve(Matrix a) {
    const std::size_t n = a.size();
    for (std::size_t column = 0; column < n; ++column) {
        std::size_t pivot = column;
        for (std::size_t row = column + 1; row < n; ++row)
            if (std::abs(a[row][column]) > std::abs(a[pivot][column])) pivot = row;
        std::swap(a[column], a[pivot]);
        for (std::size_t row = column + 1; row < n; ++row) {
            const double factor = a[row][column] / a[column][column];
            if (factor == 0) continue;
            for (std::size_t i = column; i <= n; ++i) a[row][i] -= factor * a[column][i];
        }
    }
    std::vector<double> x(n);
    for (std::size_t row = n; row-- > 0;) {
        double sum = a[row][n];
        for (std::size_t i = row + 1; i < n; ++i) sum -= a[row][i] * x[i];
        x[row] = sum / a[row][row];
    }
    return x;
}

class Fit {
public:
    Fit(const std::vector<FittedCoefficient>& coefficients, const std::vector<const SpeedRow*>& rows)
        : coefficients_{coefficients}, rows_{rows}, x_(coefficients.size()), residual_(rows.size()), weight_(rows.size()) {
        std::map<std::string, int> runs;
        const auto key = [](const SpeedRow& row) { return row.pair() + row.source + (row.decode ? " d" : " p"); };
        for (const SpeedRow* row : rows_) ++runs[key(*row)];
        constexpr double full_weight_runs = 8, unknown_tensors = 0.5;
        for (const SpeedRow* row : rows_)
            importance_.push_back((row->tensors_known ? 1 : unknown_tensors) /
                                  std::sqrt(std::max(1.0, runs[key(*row)] / full_weight_runs)));
    }

    void run() {
        double damping = 1e-2;
        double cost = evaluate(x_);
        for (int step = 0; step < most_steps; ++step) {
            const Matrix normal = normal_equations();
            const std::vector<double> from = x_;
            bool better = false;
            double gain = 0;
            for (int attempt = 0; attempt < 8 && !better; ++attempt) {
                Matrix damped = normal;
                for (std::size_t i = 0; i < damped.size(); ++i) damped[i][i] *= 1 + damping;
                const std::vector<double> move = solve(std::move(damped));
                for (std::size_t i = 0; i < x_.size(); ++i) x_[i] = from[i] + std::clamp(move[i], -1.0, 1.0);
                const double reached = evaluate(x_);
                better = reached < cost;
                if (better) {
                    gain = cost - reached;
                    cost = reached;
                }
                damping = better ? std::max(1e-6, damping / 5) : damping * 6;
            }
            if (!better) {
                x_ = from;
                evaluate(x_);
            }
            if (!better || gain < 2e-4 * cost) return;
        }
    }

private:
    void apply(std::size_t i, double x) { *coefficients_[i].value = coefficients_[i].prior * std::exp(x); }

    // Sets the coefficients, residuals and weights.
    double evaluate(const std::vector<double>& x) {
        for (std::size_t i = 0; i < x.size(); ++i) apply(i, x[i]);
        double cost = 0;
        for (std::size_t i = 0; i < rows_.size(); ++i) {
            const double noise = rows_[i]->decode ? decode_noise : prefill_noise;
            residual_[i] = std::log(rows_[i]->rate / rows_[i]->predicted());
            const double far = std::abs(residual_[i]) / noise;
            weight_[i] = importance_[i] * (far < 1 ? 1 : 1 / far) / (noise * noise);
            cost += importance_[i] * (far < 1 ? far * far / 2 : far - 0.5);
        }
        for (std::size_t i = 0; i < x.size(); ++i) cost += x[i] * x[i] / (2 * coefficients_[i].width * coefficients_[i].width);
        return cost;
    }

    Matrix normal_equations() {
        constexpr double nudge = 1e-4, negligible = 1e-9;
        const std::size_t n = coefficients_.size();
        std::vector<double> base(rows_.size());
        for (std::size_t i = 0; i < rows_.size(); ++i) base[i] = std::log(rows_[i]->predicted());
        std::vector<std::vector<std::pair<std::size_t, double>>> slopes(rows_.size());  // most are 0
        for (std::size_t k = 0; k < n; ++k) {
            apply(k, x_[k] + nudge);
            for (std::size_t i = 0; i < rows_.size(); ++i) {
                const double slope = (std::log(rows_[i]->predicted()) - base[i]) / nudge;
                if (std::abs(slope) > negligible) slopes[i].emplace_back(k, slope);
            }
            apply(k, x_[k]);
        }
        Matrix normal(n, std::vector<double>(n + 1));
        for (std::size_t i = 0; i < rows_.size(); ++i)
            for (const auto& [k, slope] : slopes[i]) {
                for (const auto& [other, other_slope] : slopes[i]) normal[k][other] += weight_[i] * slope * other_slope;
                normal[k][n] += weight_[i] * slope * residual_[i];
            }
        for (std::size_t k = 0; k < n; ++k) {
            const double stiffness = 1 / (coefficients_[k].width * coefficients_[k].width);
            normal[k][k] += stiffness;
            normal[k][n] -= stiffness * x_[k];
        }
        return normal;
    }

    const std::vector<FittedCoefficient>& coefficients_;
    const std::vector<const SpeedRow*>& rows_;
    std::vector<double> x_, residual_, weight_, importance_;
};

// The same on every machine, unlike std::hash.
std::size_t fold_of(const std::string& pair) {
    std::uint32_t hash = 2166136261u;  // FNV-1a
    for (const char c : pair) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
    return hash % folds;
}

}  // namespace

std::vector<FittedCoefficient> fitted_coefficients(SpeedCoefficients& coefficients, const std::vector<SpeedRow>& rows) {
    std::vector<FittedCoefficient> out;
    Priors add{out};
    std::set<std::size_t> measured;
    for (const SpeedRow& row : rows) measured.insert(row.family);
    for (std::size_t i = 0; i < coefficients.families.size(); ++i)
        if (measured.contains(i)) add_family(add, coefficients.families[i]);
    for (SpeedBackend& backend : coefficients.backends) {
        const bool used = std::ranges::any_of(rows, [&](const SpeedRow& row) { return row.parts.front().device.backend == &backend; });
        if (used) add_backend(add, backend);
    }
    for (SpeedEngine& engine : coefficients.engines) add_engine(add, engine);
    return out;
}

void fit(const std::vector<FittedCoefficient>& coefficients, const std::vector<const SpeedRow*>& rows) {
    Fit{coefficients, rows}.run();
}

std::vector<double> cross_validate(const std::vector<FittedCoefficient>& coefficients, const std::vector<SpeedRow>& rows) {
    std::vector<double> predicted(rows.size());
    for (std::size_t fold = 0; fold < folds; ++fold) {
        std::vector<const SpeedRow*> others;
        for (const SpeedRow& row : rows)
            if (fold_of(row.pair()) != fold) others.push_back(&row);
        fit(coefficients, others);
        for (std::size_t i = 0; i < rows.size(); ++i)
            if (fold_of(rows[i].pair()) == fold) predicted[i] = rows[i].predicted();
    }
    return predicted;
}

}  // namespace fitcalc::test
