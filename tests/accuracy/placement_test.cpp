// Where llama.cpp puts weights and caches, and the compute buffers there, against its own figures.
#include "fitcalc/placement.hpp"

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <iostream>
#include <map>

#include "../support/catch.hpp"
#include "../support/reference.hpp"
#include "fitcalc/architecture.hpp"

namespace fitcalc {
namespace {

using test::ReferenceModel;
using test::ReferencePlacement;
using test::reference_models;
using test::spec_of;

PlacementLimits limits_of(const ReferencePlacement& row, const ModelSpec& spec) {
    PlacementLimits limits;
    limits.devices = {{GiB * (1 << 20), {}}};
    limits.host = GiB * (1 << 20);
    const auto blocks = static_cast<std::int64_t>(spec.layers.size());
    if (row.device == "gpu1_half") limits.gpu_layers = Layers{(blocks + 1) / 2};
    if (row.device == "gpu1_cpu_moe") limits.cpu_moe_layers = Layers{blocks};
    return limits;
}

// Flash attention was left to llama.cpp. It is turned off where the scheduler moves it away from its layer: here from
// the last layer in host memory to the device, because the device's next step, a layer's state, follows at once.
bool moved_flash_attention(const ReferenceModel& model, const ReferencePlacement& row) {
    return model.architecture == "lfm2" && row.device == "gpu1_half";
}

EngineSettings settings_of(const ReferenceModel& model, const ReferencePlacement& row) {
    EngineSettings settings;
    settings.flash_attention = !moved_flash_attention(model, row);
    settings.context = row.context;
    settings.ubatch = row.ubatch;
    settings.outputs = Outputs::batch;
    return settings;
}

Placement placed(const ReferenceModel& model, const Estimator& estimator, const ReferencePlacement& row) {
    // The unquantized file was measured as it is: the source of some tensors is of another type.
    const QuantizedModel quantized = row.quant == "F16"
                                         ? estimator.as_it_is(FileType::f16)
                                         : estimator.quantize(*file_type_from_name(row.quant), row.importance_matrix);
    return PlacementSolver{estimator, settings_of(model, row)}.place(quantized, limits_of(row, estimator.model())).value();
}

template <class Visit>
void for_each_row(Visit&& visit) {
    for (const ReferenceModel& model : reference_models()) {
        const Estimator estimator = Estimator::create(spec_of(model), model.tensors, Bytes{0}).value();
        for (const ReferencePlacement& row : model.placements) visit(model, estimator, row);
    }
}

struct Errors {
    std::vector<double> percent;

    double at(double share) const {
        std::vector<double> sorted;
        for (const double e : percent) sorted.push_back(std::abs(e));
        std::ranges::sort(sorted);
        return sorted[std::min(sorted.size() - 1, static_cast<std::size_t>(share * static_cast<double>(sorted.size())))];
    }
    double share_within(double limit) const {
        const auto close = std::ranges::count_if(percent, [&](double e) { return std::abs(e) <= limit; });
        return 100.0 * static_cast<double>(close) / static_cast<double>(percent.size());
    }
    double under() const { return std::max(0.0, -*std::ranges::min_element(percent)); }
    double over() const { return std::max(0.0, *std::ranges::max_element(percent)); }
};

double miss(Bytes predicted, Bytes actual) {
    return 100.0 * static_cast<double>((predicted - actual).count()) / static_cast<double>(actual.count());
}

TEST_CASE("weights and caches lie where llama.cpp puts them, to the byte", "[accuracy]") {
    for_each_row([](const ReferenceModel& model, const Estimator& estimator, const ReferencePlacement& row) {
        const Placement placement = placed(model, estimator, row);
        const DevicePlacement& device = placement.devices.front();
        INFO(model.id << " " << row.quant << " " << row.device);
        CHECK(device.weights.count() == row.weights_device.count());
        CHECK(placement.host.weights.count() == row.weights_host.count());
        CHECK((device.kv_cache + device.recurrent_state).count() == row.cache_device.count());
        CHECK((placement.host.kv_cache + placement.host.recurrent_state).count() == (row.cache - row.cache_device).count());
    });
}

// The F16 files were also planned on two equal devices.
TEST_CASE("two devices share weights as llama.cpp deals them, to the byte", "[accuracy]") {
    for (const ReferenceModel& model : reference_models()) {
        if (model.f16_two_devices.empty()) continue;
        const Estimator estimator = Estimator::create(spec_of(model), model.tensors, Bytes{0}).value();
        const auto limits = PlacementLimits::equal({GiB * (1 << 20), {}}, 2);
        const Placement placement =
            PlacementSolver{estimator, {}}.place(estimator.as_it_is(FileType::f16), limits).value();
        INFO(model.id);
        CHECK(placement.default_split);
        for (std::size_t i = 0; i < 2; ++i)
            CHECK(placement.devices[i].weights.count() == model.f16_two_devices[i].count());
    }
}

// Share of exact rows, in percent, and the largest misses of the true size. Only ever to be tightened; what is not
// listed is exact.
struct Budget {
    double exact, worst_under, worst_over;
};

const std::map<std::pair<std::string, std::string>, Budget> budgets{
    {{"deepseek32", "gpu1_half"}, {92, 0, 0.5}},
    {{"gemma3n", "gpu1_half"}, {33, 0, 3.9}},
    {{"gemma4", "gpu1_half"}, {68, 0.7, 1.2}},
    {{"kimi-k3", "gpu1_half"}, {50, 0.1, 4.1}},
    {{"lfm2", "gpu1_half host"}, {0, 0.8, 0.8}},
};

TEST_CASE("compute buffers beside host memory agree with llama.cpp's", "[accuracy]") {
    std::map<std::pair<std::string, std::string>, Errors> errors;
    std::map<std::string, Errors> overall;
    for_each_row([&](const ReferenceModel& model, const Estimator& estimator, const ReferencePlacement& row) {
        const Placement placement = placed(model, estimator, row);
        const double device = miss(placement.devices.front().compute, row.compute_device);
        const double host = miss(placement.host.compute, row.compute_host);
        errors[{model.architecture, row.device}].percent.push_back(device);
        errors[{model.architecture, row.device + " host"}].percent.push_back(host);
        overall[row.device].percent.push_back(device);
        overall["host"].percent.push_back(host);
    });
    const auto print = [](const std::string& first, const std::string& second, const Errors& e) {
        std::cout << std::left << std::setw(15) << first << std::setw(18) << second << std::right << std::setw(6)
                  << e.percent.size() << std::fixed << std::setprecision(1) << std::setw(9) << e.share_within(0.1)
                  << std::setprecision(2) << std::setw(10) << e.at(0.5) << std::setw(8) << e.at(0.9) << std::setw(9)
                  << e.under() << std::setw(9) << e.over() << "\n";
    };
    std::cout << "placement's compute buffers        rows  exact %  median %   P90 %  under %   over %\n";
    for (const auto& [key, e] : errors) print(key.first, key.second, e);
    for (const auto& [key, e] : overall) print("all", key, e);
    for (const auto& [key, e] : errors) {
        const auto listed = budgets.find(key);
        const Budget budget = listed == budgets.end() ? Budget{100, 0.1, 0.1} : listed->second;
        INFO(key.first << " " << key.second);
        CHECK(e.share_within(0.1) >= budget.exact);
        CHECK(e.under() <= budget.worst_under);
        CHECK(e.over() <= budget.worst_over);
    }
    for (const auto& [key, e] : overall) {
        INFO(key);
        CHECK(e.at(0.5) == 0);
        CHECK(e.at(0.9) <= 1);
    }
}

}  // namespace
}  // namespace fitcalc
