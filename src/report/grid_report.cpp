#include "grid_report.hpp"

#include <algorithm>

#include "costing.hpp"
#include "placing.hpp"
#include "speed_rows.hpp"
#include "subject.hpp"

namespace fitcalc {
namespace {

constexpr Tokens first_context{4096};

// Powers of two that the model was trained for, then all of it.
std::vector<Tokens> usual_contexts(Tokens whole) {
    std::vector<Tokens> contexts;
    for (Tokens context = first_context; context < whole; context = context * 2) contexts.push_back(context);
    contexts.push_back(whole);
    return contexts;
}

// What the parts of a grid have in common.
struct Filler {
    const Subject& subject;
    PlacementLimits limits;
    std::vector<ContextCosts> costs;  // of each context
    PlacementSolver solver;

    // `work`: of one token at this quantization.
    Result<GridCell> cell(const QuantChoice& choice, const std::vector<TokenWork>& work, Tokens context,
                          const ContextCosts& cost) {
        const auto alone = estimate_of(subject, solver, choice, cost, context);
        if (!alone) return tl::unexpected(alone.error());
        GridCell cell;
        cell.context = context;
        cell.total = alone->total;
        if (!subject.request.devices.names_memory()) return cell;
        const auto placement = solver.place(choice.quantized, limits, context);
        if (!placement) return tl::unexpected(placement.error());
        cell.required = required(*placement);
        cell.headroom = headroom(*placement);
        cell.host = placement->host.total;
        cell.shortfall = placement->shortfall;
        cell.verdict = placement->verdict;
        EngineSettings settings = subject.request.settings;
        settings.context = context;
        const auto speed = placed_speed(subject.request, settings, subject.estimator.model(), work, *placement,
                                        sites_of(*placement, subject.request.devices));
        if (speed) cell.decode = speed->decode;
        return cell;
    }
};

GridRow row_of(const QuantChoice& choice) {
    GridRow row;
    row.type = choice.quantized.type;
    row.label = choice.label;
    row.record = choice.record;
    row.quality = choice.quality;
    row.bits_per_weight = choice.quantized.bits_per_weight;
    row.weights = choice.quantized.weights.file;
    row.file_size = choice.quantized.file_size;
    return row;
}

}  // namespace

Result<GridReport> build_grid_report(const GridRequest& request) {
    auto subject = open_subject(request.question);
    if (!subject) return tl::unexpected(subject.error());
    GridReport report{subject->model, subject->settings, request.question.devices, request.contexts, {}, true, subject->warnings};
    if (report.contexts.empty()) report.contexts = usual_contexts(subject->model.context_length);

    Filler filler{*subject, placement_limits(subject->request, subject->settings.backend), {},
                  PlacementSolver{subject->estimator, subject->request.settings}};
    for (const Tokens context : report.contexts) {
        EngineSettings settings = subject->request.settings;
        settings.context = context;
        auto costs = subject->estimator.context_costs(settings);
        if (!costs) return tl::unexpected(costs.error());
        filler.solver.remember(context, *costs);
        filler.costs.push_back(std::move(*costs));
    }
    report.any_fits = !report.devices.names_memory();
    const TokenWorkPlanner planner = planner_of(*subject);
    for (const QuantChoice& choice : quant_choices(*subject)) {
        const bool wanted = std::ranges::find(request.quants, choice.quantized.type) != request.quants.end();
        if (!request.quants.empty() && !wanted) continue;
        GridRow row = row_of(choice);
        row.asked = wanted;
        const auto work = filler.limits.devices.empty() ? std::vector<TokenWork>{} : work_of(*subject, planner, choice);
        for (std::size_t i = 0; i < report.contexts.size(); ++i) {
            auto cell = filler.cell(choice, work, report.contexts[i], filler.costs[i]);
            if (!cell) return tl::unexpected(cell.error());
            if (cell->verdict && report.devices.yes(*cell->verdict)) report.any_fits = true;
            row.cells.push_back(*cell);
        }
        report.rows.push_back(std::move(row));
    }
    return report;
}

}  // namespace fitcalc
