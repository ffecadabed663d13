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
    question.options = &request.speed;
    return question;
}

}  // namespace

std::optional<SpeedReport> placed_speed(const FitRequest& request, std::string_view backend, const EngineSettings& settings,
                                        const Estimator& estimator, std::span<const GgmlType> types,
                                        const Placement& placement, const DeviceRecord* record) {
    if (!record || !fits(placement.verdict)) return std::nullopt;
    const auto work = token_work(estimator.model(), estimator.inventory(), types, settings);
    SpeedQuestion question = question_of(request, backend, work);
    question.settings = &settings;
    question.sites = sites_of(placement, *record);
    question.cpu_moe_layers = placement.cpu_moe_layers.count();
    return estimate_speed(question);
}

void add_speeds(const Subject& subject, const std::vector<bool>& fitting, FitReport& report) {
    const auto layers = static_cast<std::int64_t>(subject.estimator.model().layers.size());
    const auto work = subject.request.as_it_is ? work_of(subject, subject.estimator.own_types())
                                               : work_of(subject, subject.request.quant);
    for (DeviceRow& row : report.devices) {
        if (!row.record || !fits(row.verdict)) continue;
        const std::string_view backend = report.devices_asked ? report.settings.backend : row.record->backend;
        SpeedQuestion question = question_of(subject.request, backend, work);
        question.sites = equal_sites(*row.record, row.count, layers);
        row.speed = estimate_speed(question);
        if (row.speed) row.costs = estimate_costs(question.sites, *row.speed, subject.request.speed);
    }
    if (!report.devices_asked || !report.devices.front().record) return;
    const DeviceRow& asked = report.devices.front();
    for (std::size_t i = 0; i < report.quants.size(); ++i) {
        QuantRow& row = report.quants[i];
        if (!fitting[i] || row.published) continue;  // of a publisher's mix only the size is known
        const auto own = row.label.empty() ? work_of(subject, row.type) : work_of(subject, subject.estimator.own_types());
        SpeedQuestion question = question_of(subject.request, report.settings.backend, own);
        question.sites = equal_sites(*asked.record, asked.count, layers);
        if (const auto speed = estimate_speed(question)) row.decode = speed->decode;
    }
}

}  // namespace fitcalc
