#include "compare_report.hpp"

#include <algorithm>

#include "costing.hpp"
#include "groups.hpp"
#include "placing.hpp"
#include "speed_rows.hpp"
#include "subject.hpp"
#include "together.hpp"

namespace fitcalc {
namespace {

// A model that stays open for the question of all together.
struct Opened {
    Subject subject;
    QuantChoice quant;
};

Result<CompareColumn> column_of(const Opened& opened) {
    const Subject& subject = opened.subject;
    const FitRequest& request = subject.request;
    EngineSettings full = request.settings;
    full.context = subject.model.context_length;
    const auto costs = subject.estimator.context_costs(request.settings);
    if (!costs) return tl::unexpected(costs.error());
    const auto full_costs = subject.estimator.context_costs(full);
    if (!full_costs) return tl::unexpected(full_costs.error());

    CompareColumn column;
    column.model = subject.model;
    column.settings = subject.settings;
    column.quality = opened.quant.quality;
    PlacementSolver solver{subject.estimator, request.settings};
    solver.remember(request.settings.context, *costs);
    solver.remember(full.context, *full_costs);
    const auto estimate = estimate_of(subject, solver, opened.quant, *costs, request.settings.context);
    if (!estimate) return tl::unexpected(estimate.error());
    const auto whole = estimate_of(subject, solver, opened.quant, *full_costs, full.context);
    if (!whole) return tl::unexpected(whole.error());
    column.estimate = *estimate;
    column.full_context = *whole;
    column.cache_bytes_per_token = bytes_per_token(subject.estimator.model(), request.settings);
    column.devices = request.devices;
    if (request.curves) {
        auto curve = context_curve(subject, solver, opened.quant);
        if (!curve) return tl::unexpected(curve.error());
        column.curve = std::move(*curve);
    }
    if (!request.devices.names_memory()) return column;
    const PlacementLimits limits = placement_limits(request, subject.settings.backend);
    auto placement = solver.place(opened.quant.quantized, limits);
    if (!placement) return tl::unexpected(placement.error());
    column.placement = std::move(*placement);
    const auto longest = solver.max_context(opened.quant.quantized, limits);
    if (!longest) return tl::unexpected(longest.error());
    column.max_context = *longest;
    const auto work = work_of(subject, planner_of(subject), opened.quant);
    column.speed = placed_speed(request, request.settings, subject.estimator.model(), work, *column.placement,
                                sites_of(*column.placement, request.devices));
    if (column.speed) column.costs = costs_of(request, *column.speed);
    return column;
}

void add_warnings(CompareReport& report, const std::vector<std::string>& warnings) {
    for (const std::string& warning : warnings)
        if (std::ranges::find(report.warnings, warning) == report.warnings.end()) report.warnings.push_back(warning);
}

}  // namespace

Result<CompareReport> build_compare_report(const CompareRequest& request) {
    CompareReport report;
    std::vector<Opened> all;
    for (const FitRequest& each : request.columns) {
        auto subject = open_subject(each);
        if (!subject) return tl::unexpected(subject.error());
        add_warnings(report, subject->warnings);
        QuantChoice quant = asked_quant(*subject);
        all.push_back({std::move(*subject), std::move(quant)});
    }
    for (const Opened& opened : all) {
        auto column = column_of(opened);
        if (!column) return tl::unexpected(column.error());
        if (column->placement && !column->devices.yes(column->placement->verdict)) report.yes = false;
        report.columns.push_back(std::move(*column));
    }
    if (!request.together) return report;
    std::vector<Tenant> tenants;
    tenants.reserve(all.size());
    for (const Opened& opened : all)
        tenants.push_back({&opened.subject.estimator, &opened.quant.quantized, opened.subject.request.settings});
    const Subject& first = all.front().subject;
    auto together = resident_together(tenants, placement_limits(first.request, first.settings.backend));
    if (!together) return tl::unexpected(together.error());
    report.yes = first.request.devices.yes(together->verdict);
    report.together = std::move(*together);
    return report;
}

}  // namespace fitcalc
