#include "speed_rows.hpp"

#include <algorithm>
#include <span>

namespace fitcalc {
namespace {

SpeedQuestion question_of(const FitRequest& request, const EngineSettings& settings, const ModelSpec& model,
                          const std::vector<TokenWork>& work) {
    SpeedQuestion question;
    question.catalog = request.catalog;
    question.engine = request.engine->name;
    question.backend = request.backend;
    question.settings = &settings;
    question.flash_attention = uses_flash_attention(model, settings);
    question.work = &work;
    question.ram = request.devices.ram;
    question.options = &request.speed;
    return question;
}

SpeedQuestion question_of(const Subject& subject, const std::vector<TokenWork>& work) {
    return question_of(subject.request, subject.request.settings, subject.estimator.model(), work);
}

// Where the types of the weights come from.
struct WeightTypes {
    FileType type = FileType::q4_k_m;
    bool of_file = false;            // the file's own
    std::optional<Bytes> published;  // tensors of a mix that is its maker's own; `type` is the nearest
};

std::vector<TokenWork> work_of(const Subject& subject, const TokenWorkPlanner& planner, const WeightTypes& weights) {
    const Estimator& estimator = subject.estimator;
    const auto types = weights.of_file ? estimator.own_types()
                                       : estimator.types(weights.type, subject.request.importance_matrix);
    auto work = planner.work(types);
    if (!weights.published) return work;
    Bytes sum;
    for (std::size_t i = 0; i < types.size(); ++i) sum += estimator.inventory().tensors[i].bytes_as(types[i]);
    const double factor = static_cast<double>(weights.published->count()) / static_cast<double>(sum.count());
    for (TokenWork& layer : work) layer.stretch(factor);
    return work;
}

WeightTypes weights_of(const QuantRow& row) {
    return {row.type, !row.label.empty() && !row.published, row.published ? std::optional{row.weights} : std::nullopt};
}

// All layers on the devices, whatever a placement that left some in host memory does with them.
std::vector<SpeedSite> all_on_devices(std::vector<SpeedSite> sites, std::int64_t layers) {
    const auto count = static_cast<std::int64_t>(sites.size());
    for (std::int64_t i = 0; i < count; ++i) {
        SpeedSite& site = sites[static_cast<std::size_t>(i)];
        site = {site.record, layers * i / count, layers * (i + 1) / count - 1, i == count - 1};
    }
    return sites;
}

void add_asked(const Subject& subject, const TokenWorkPlanner& planner, FitReport& report) {
    if (!fits(report.verdict)) return;
    const auto row = std::ranges::find(report.quants, true, &QuantRow::asked);
    const auto work = work_of(subject, planner, weights_of(*row));
    report.speed = placed_speed(subject.request, subject.request.settings, subject.estimator.model(), work,
                                *report.placement, sites_of(*report.placement, report.asked_set));
    if (!report.speed) return;
    row->decode = report.speed->decode;
    report.costs = costs_of(subject.request, *report.speed);
    // Of the whole set: a token passes all of its devices.
    for (DeviceRow& device : report.devices) {
        device.speed = report.speed;
        device.costs = report.costs;
    }
}

void add_quants(const Subject& subject, const TokenWorkPlanner& planner, const std::vector<bool>& runs, FitReport& report) {
    std::vector<SpeedSite> sites = sites_of(*report.placement, report.asked_set);
    const auto layers = static_cast<std::int64_t>(subject.estimator.model().layers.size());
    if (!report.placement->all_on_devices()) sites = all_on_devices(std::move(sites), layers);
    for (std::size_t i = 0; i < report.quants.size(); ++i) {
        QuantRow& row = report.quants[i];
        if (!runs[i] || row.asked) continue;
        const auto work = work_of(subject, planner, weights_of(row));
        SpeedQuestion question = question_of(subject, work);
        question.sites = sites;
        if (const auto speed = estimate_speed(question)) row.decode = speed->decode;
    }
}

}  // namespace

std::vector<SpeedSite> sites_of(const Placement& placement, const DeviceSet& devices) {
    std::vector<SpeedSite> sites;
    for (std::size_t i = 0; i < placement.devices.size(); ++i) {
        const DevicePlacement& device = placement.devices[i];
        sites.push_back({devices.group_of(i).record, device.first_layer, device.last_layer, device.output});
    }
    return sites;
}

std::vector<SpeedSite> sites_of(const Placement& placement, const DeviceRecord& each) {
    std::vector<SpeedSite> sites;
    for (const DevicePlacement& device : placement.devices)
        sites.push_back({&each, device.first_layer, device.last_layer, device.output});
    return sites;
}

TokenWorkPlanner planner_of(const Subject& subject) {
    return TokenWorkPlanner{subject.estimator.model(), subject.estimator.inventory(), subject.request.settings};
}

std::vector<TokenWork> work_of(const Subject& subject, const TokenWorkPlanner& planner, const QuantChoice& choice) {
    return work_of(subject, planner, WeightTypes{choice.quantized.type, !choice.label.empty() && !choice.published,
                                                 choice.published ? std::optional{choice.quantized.weights.file} : std::nullopt});
}

std::optional<SpeedReport> placed_speed(const FitRequest& request, const EngineSettings& settings, const ModelSpec& model,
                                        const std::vector<TokenWork>& work, const Placement& placement,
                                        std::vector<SpeedSite> sites) {
    if (!fits(placement.verdict)) return std::nullopt;
    SpeedQuestion question = question_of(request, settings, model, work);
    question.sites = std::move(sites);
    question.cpu_moe_layers = placement.cpu_moe_layers.count();
    return estimate_speed(question);
}

CostsReport costs_of(const FitRequest& request, const SpeedReport& speed) {
    std::vector<PricedDevices> devices;
    for (const DeviceChoice& group : request.devices.groups) devices.push_back({group.record, group.count});
    return estimate_costs(devices, speed, request.speed);
}

void add_speeds(const Subject& subject, const std::vector<bool>& runs, FitReport& report) {
    const TokenWorkPlanner planner = planner_of(subject);
    if (report.placement) {
        add_asked(subject, planner, report);
        add_quants(subject, planner, runs, report);
        return;
    }
    const auto row = std::ranges::find(report.quants, true, &QuantRow::asked);
    const auto work = work_of(subject, planner, weights_of(*row));
    const auto layers = static_cast<std::int64_t>(subject.estimator.model().layers.size());
    for (DeviceRow& device : report.devices) {
        if (!device.record || !fits(device.verdict)) continue;
        SpeedQuestion question = question_of(subject, work);
        question.sites = equal_sites(*device.record, device.count, layers);
        device.speed = estimate_speed(question);
        const PricedDevices priced{device.record, device.count};
        if (device.speed) device.costs = estimate_costs(std::span{&priced, 1}, *device.speed, subject.request.speed);
    }
}

}  // namespace fitcalc
