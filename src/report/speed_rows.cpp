#include "speed_rows.hpp"

namespace fitcalc {
namespace {

std::vector<TokenWork> work_of(const Subject& subject, std::span<const GgmlType> types) {
    return token_work(subject.estimator.model(), subject.estimator.inventory(), types, subject.request.settings);
}

std::vector<TokenWork> work_of(const Subject& subject, FileType type) {
    return work_of(subject, subject.estimator.types(type, subject.request.importance_matrix));
}

SpeedQuestion question_of(const FitRequest& request, std::string_view backend, const std::vector<TokenWork>& work) {
    SpeedQuestion question;
    question.catalog = request.catalog;
    question.engine = request.engine->name;
    question.backend = backend;
    question.settings = &request.settings;
    question.work = &work;
    question.ram = request.devices.ram;
    question.options = &request.speed;
    return question;
}

// All layers on the devices, as a placement that left some in host memory would have them if they fitted.
std::vector<SpeedSite> all_on_devices(std::vector<SpeedSite> sites, std::int64_t layers) {
    const auto count = static_cast<std::int64_t>(sites.size());
    for (std::int64_t i = 0; i < count; ++i) {
        SpeedSite& site = sites[static_cast<std::size_t>(i)];
        site = {site.record, layers * i / count, layers * (i + 1) / count - 1, i == count - 1};
    }
    return sites;
}

void add_asked(const Subject& subject, const std::vector<TokenWork>& work, FitReport& report) {
    if (!fits(report.verdict)) return;
    SpeedQuestion question = question_of(subject.request, report.settings.backend, work);
    question.sites = sites_of(*report.placement, report.asked_set);
    question.cpu_moe_layers = report.placement->cpu_moe_layers.count();
    report.speed = estimate_speed(question);
    if (!report.speed) return;
    report.costs = estimate_costs(question.sites, *report.speed, subject.request.speed);
    // Of the whole set: a token passes all of its devices.
    for (DeviceRow& row : report.devices) {
        row.speed = report.speed;
        row.costs = report.costs;
    }
}

void add_quants(const Subject& subject, const std::vector<bool>& fitting, FitReport& report) {
    std::vector<SpeedSite> sites = sites_of(*report.placement, report.asked_set);
    const auto layers = static_cast<std::int64_t>(subject.estimator.model().layers.size());
    if (!report.placement->all_on_devices()) sites = all_on_devices(std::move(sites), layers);
    for (std::size_t i = 0; i < report.quants.size(); ++i) {
        QuantRow& row = report.quants[i];
        if (!fitting[i] || row.published) continue;  // of a publisher's mix only the size is known
        const auto work = row.label.empty() ? work_of(subject, row.type) : work_of(subject, subject.estimator.own_types());
        SpeedQuestion question = question_of(subject.request, report.settings.backend, work);
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

std::optional<SpeedReport> placed_speed(const FitRequest& request, std::string_view backend, const EngineSettings& settings,
                                        const Estimator& estimator, std::span<const GgmlType> types,
                                        const Placement& placement) {
    if (!fits(placement.verdict)) return std::nullopt;
    const auto work = token_work(estimator.model(), estimator.inventory(), types, settings);
    SpeedQuestion question = question_of(request, backend, work);
    question.settings = &settings;
    question.sites = sites_of(placement, request.devices);
    question.cpu_moe_layers = placement.cpu_moe_layers.count();
    return estimate_speed(question);
}

void add_speeds(const Subject& subject, const std::vector<bool>& fitting, FitReport& report) {
    const auto work = subject.request.as_it_is ? work_of(subject, subject.estimator.own_types())
                                               : work_of(subject, subject.request.quant);
    if (report.placement) {
        add_asked(subject, work, report);
        add_quants(subject, fitting, report);
        return;
    }
    const auto layers = static_cast<std::int64_t>(subject.estimator.model().layers.size());
    for (DeviceRow& row : report.devices) {
        if (!row.record || !fits(row.verdict)) continue;
        SpeedQuestion question = question_of(subject.request, row.record->backend, work);
        question.sites = equal_sites(*row.record, row.count, layers);
        row.speed = estimate_speed(question);
        if (row.speed) row.costs = estimate_costs(question.sites, *row.speed, subject.request.speed);
    }
}

}  // namespace fitcalc
