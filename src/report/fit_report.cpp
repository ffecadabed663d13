#include <algorithm>

#include "costing.hpp"
#include "device_sets.hpp"
#include "file_report.hpp"
#include "fit_request.hpp"
#include "groups.hpp"
#include "placing.hpp"
#include "quant_ladder.hpp"
#include "run_plan.hpp"
#include "speed_rows.hpp"
#include "subject.hpp"
#include "ways_out.hpp"

namespace fitcalc {
namespace {

std::optional<NominalModel> nominal_model(const ModelRecord& record, const ModelSummary& model) {
    if (!record.hf_attention) return std::nullopt;
    const auto& hf = *record.hf_attention;
    const Params parameters = record.published_parameters ? Params{*record.published_parameters} : model.parameters;
    return NominalModel{parameters, hf.layers, hf.kv_heads, hf.heads, hf.hidden, model.context_length};
}

std::optional<NominalRow> nominal_row(const Catalog& catalog, const NominalModel& model, FileType type, Tokens context) {
    const QuantRecord* record = catalog.find_quant(traits(type).name);
    if (!record || !record->nominal()) return std::nullopt;
    return NominalRow{type, *record->nominal_bits, nominal_estimate(model, *record->nominal(), context),
                      nominal_estimate(model, *record->nominal(), model.context_length), record, {}};
}

std::optional<NominalComparison> compare_nominal(const FitRequest& request, const FitReport& report,
                                                 const Estimator& estimator) {
    const auto model = nominal_model(*request.model, report.model);
    if (!model || request.published) return std::nullopt;
    const auto row = nominal_row(*request.catalog, *model, request.quant, request.settings.context);
    if (!row) return std::nullopt;
    NominalComparison comparison;
    comparison.nominal = *row;
    const Attention& attention = estimator.model().layers.front().attention;
    comparison.latent_attention = std::holds_alternative<LatentAttention>(attention);
    if (const auto* full = std::get_if<FullAttention>(&attention))
        comparison.head_length_differs = full->key_length != model->hidden / model->heads;
    if (model->parameters > report.model.parameters)
        comparison.parameters_not_in_file = model->parameters - report.model.parameters;
    comparison.exact_bits_per_weight = report.estimate.bits_per_weight;
    return comparison;
}

// Under --method nominal all weights count as device weights, and the page's formula gives the rest.
MemoryEstimate as_estimate(const NominalEstimate& nominal, double bits) {
    MemoryEstimate e;
    e.weights = e.weights_device = e.file_size = nominal.weights;
    e.kv_cache = nominal.kv_cache;
    e.overhead = nominal.overhead;
    e.total = nominal.total;
    e.recommended = nominal.recommended;
    e.bits_per_weight = bits;
    return e;
}

Result<void> fill_nominal(const FitRequest& request, FitReport& report) {
    const auto model = nominal_model(*request.model, report.model);
    if (!model)
        return fail(ErrorKind::bad_data, "the catalog lacks the Hugging Face dimensions of " + std::string(request.model->id),
                    "use --method exact");
    for (const FileTypeTraits& type : file_types())
        if (const auto row = nominal_row(*request.catalog, *model, type.type, request.settings.context))
            report.nominal_rows.push_back(*row);
    for (NominalRow& row : report.nominal_rows)
        row.quality = quality_of(*request.catalog, *request.model, report.model.active_parameters, *row.record);
    // Pages list them from the smallest.
    std::ranges::stable_sort(report.nominal_rows, {}, &NominalRow::bits);
    const auto asked = std::ranges::find(report.nominal_rows, request.quant, &NominalRow::type);
    if (asked == report.nominal_rows.end())
        return fail(ErrorKind::usage, "hardware pages give no bits for " + std::string(traits(request.quant).name),
                    "fitcalc list quants shows which have nominal_bits");
    report.estimate = as_estimate(asked->at_context, asked->bits);
    report.full_context = as_estimate(asked->at_full_context, asked->bits);
    return {};
}

// To a tenth; rounded down, so that a loss never reads as none.
std::string tenths(double value) {
    const auto whole = static_cast<std::int64_t>(value * 10);
    return std::to_string(whole / 10) + "." + std::to_string(whole % 10);
}

std::string percent(double value) { return tenths(value) + " %"; }

// Nothing that fits loses less, whatever its type.
bool loses_least(const FitReport& report, const std::vector<bool>& fitting, double quality_percent) {
    for (std::size_t i = 0; i < report.quants.size(); ++i) {
        const auto& quality = report.quants[i].quality;
        if (fitting[i] && quality && quality->percent > quality_percent) return false;
    }
    return true;
}

// Of the quantizations that fit, the smallest of those that lose least; without devices the usual one.
Recommendation recommend(const FitReport& report, FileType usual, const std::vector<bool>& fitting, bool devices_asked) {
    std::vector<const QuantRow*> rows;
    std::vector<QuantOffer> offers;
    for (std::size_t i = 0; devices_asked && i < report.quants.size(); ++i) {
        const QuantRow& row = report.quants[i];
        if (!fitting[i] || !row.quality || !is_quantization(row.type)) continue;
        rows.push_back(&row);
        offers.push_back({row.quality->percent, row.total});
    }
    if (const auto best = least_loss(offers)) {
        const double kept = offers[*best].quality_percent;
        const std::string why = loses_least(report, fitting, kept)
                                    ? "least loss of those that fit"
                                    : "smallest within " + tenths(same_quality_percent) + " points of the best quantization that fits";
        return {rows[*best]->type, why + ": " + percent(kept) + " of 16-bit quality", {}};
    }
    std::string reason = usual == FileType::mxfp4_moe ? "keeps the experts as they were released"
                                                      : "the usual balance of size and quality";
    if (devices_asked) return {usual, "none fits; this one " + (usual == FileType::mxfp4_moe ? reason : "is " + reason), {}};
    const auto row = std::ranges::find_if(report.quants, [&](const QuantRow& r) { return r.type == usual && r.label.empty(); });
    if (row != report.quants.end() && row->quality)
        reason += ": " + percent(row->quality->percent) + " of 16-bit quality in " +
                  percent(100.0 * row->bits_per_weight / 16.0) + " of the size";
    return {usual, reason, {}};
}

// Where the model goes on the devices asked for, and what would make it fit where it doesn't.
Result<void> place_asked(const Subject& subject, PlacementSolver& solver, const QuantizedModel& asked,
                         const PlacementLimits& limits, FitReport& report) {
    auto placement = solver.place(asked, limits);
    if (!placement) return tl::unexpected(placement.error());
    const auto context = solver.max_context(asked, limits);
    if (!context) return tl::unexpected(context.error());
    report.devices_asked = true;
    report.asked_set = subject.request.devices;
    report.devices = asked_devices(report.asked_set, *placement, *context);
    report.max_context = *context;
    report.verdict = placement->verdict;
    report.placement = std::move(*placement);
    if (fits(report.verdict)) {
        report.commands = run_commands(
            run_plan(subject.request, subject.estimator.model(), asked.file_size, *report.placement));
        return {};
    }
    auto ways = ways_out(subject, solver, asked, limits, report);
    if (!ways) return tl::unexpected(ways.error());
    report.ways_out = std::move(*ways);
    return {};
}

std::string name_of(const QuantChoice& choice) {
    return choice.label.empty() ? std::string(traits(choice.quantized.type).name) : choice.label;
}

Result<void> add_curves(const Subject& subject, PlacementSolver& solver, FitReport& report) {
    std::vector<QuantChoice> choices{asked_quant(subject)};
    if (report.recommendation.label.empty() && report.recommendation.quant != choices.front().quantized.type)
        choices.push_back(quant_choice(subject, report.recommendation.quant));
    for (const QuantChoice& choice : choices) {
        auto curve = context_curve(subject, solver, choice);
        if (!curve) return tl::unexpected(curve.error());
        report.curves.push_back({name_of(choice), std::move(*curve)});
    }
    return {};
}

Result<FitReport> exact_report(const Subject& subject, FitReport report) {
    const FitRequest& request = subject.request;
    const Estimator& estimator = subject.estimator;
    EngineSettings full = request.settings;
    full.context = estimator.model().context_length;
    const auto costs = estimator.context_costs(request.settings);
    if (!costs) return tl::unexpected(costs.error());
    const auto full_costs = estimator.context_costs(full);
    if (!full_costs) return tl::unexpected(full_costs.error());

    PlacementSolver solver{estimator, request.settings};
    solver.remember(request.settings.context, *costs);
    solver.remember(full.context, *full_costs);
    const PlacementLimits limits = placement_limits(request, report.settings.backend);
    PlacementLimits on_devices = limits;  // a recommendation is for these alone where there are any
    if (request.devices) on_devices.host.reset();
    std::vector<bool> fitting, runs;  // by quantization: comfortably, and at all
    QuantizedModel asked;
    for (QuantChoice& choice : with_published(subject, quant_choices(subject))) {
        const auto found = estimate_of(subject, solver, choice, *costs, request.settings.context);
        if (!found) return tl::unexpected(found.error());
        const auto found_full = estimate_of(subject, solver, choice, *full_costs, full.context);
        if (!found_full) return tl::unexpected(found_full.error());
        const MemoryEstimate &here = *found, &whole = *found_full;
        QuantRow row;
        row.type = choice.quantized.type;
        row.requantized = choice.label.empty() && report.file && report.file->quantized;
        row.label = std::move(choice.label);
        row.record = choice.record;
        row.bits_per_weight = choice.quantized.bits_per_weight;
        row.published = choice.published;
        row.quality = choice.quality;
        row.weights = here.weights;
        row.file_size = here.file_size;
        row.total = here.total;
        row.total_full_context = whole.total;
        row.asked = choice.asked;
        if (report.settings.backend == "cpu") {
            fitting.push_back(request.devices.ram && here.total <= *request.devices.ram);
            runs.push_back(fitting.back());
        } else if (request.devices.names_memory()) {
            const auto verdict = solver.verdict(choice.quantized, on_devices);
            if (!verdict) return tl::unexpected(verdict.error());
            fitting.push_back(at_least(*verdict, request.devices ? Verdict::good : Verdict::offload));
            runs.push_back(fits(*verdict));
        }
        report.quants.push_back(std::move(row));
        if (!choice.asked) continue;
        report.estimate = here;
        report.full_context = whole;
        asked = std::move(choice.quantized);
    }
    report.overhead = overhead_of(*request.engine, report.settings.backend);
    report.backend = request.engine->backend(report.settings.backend);
    report.recommendation = report.file && report.file->quantized
                                ? Recommendation{report.quants.front().type, "what the file holds", report.file->label}
                                : recommend(report, usual_file_type(estimator.model()), fitting,
                                            request.devices.names_memory());
    report.cache_bytes_per_token = bytes_per_token(estimator.model(), request.settings);
    report.nominal = compare_nominal(request, report, estimator);

    if (request.devices.names_memory()) {
        if (auto ok = place_asked(subject, solver, asked, limits, report); !ok) return tl::unexpected(ok.error());
        if (report.verdict == Verdict::offload && request.devices && std::ranges::find(fitting, true) == fitting.end())
            report.recommendation = {asked.type, "fits with part of it in host memory; none fits the devices alone",
                                     report.settings.quant_label};
    } else {
        auto rows = smallest_sets(request, solver, asked);
        if (!rows) return tl::unexpected(rows.error());
        report.devices = std::move(*rows);
    }
    for (QuantRow& row : report.quants)
        row.recommended = row.type == report.recommendation.quant && row.label == report.recommendation.label;
    add_speeds(subject, runs, report);
    if (request.curves)
        if (auto ok = add_curves(subject, solver, report); !ok) return tl::unexpected(ok.error());
    if (request.explain) {
        const auto types = request.as_it_is ? estimator.own_types()
                                            : estimator.types(request.quant, request.importance_matrix);
        report.weight_groups = weight_groups(estimator.inventory(), types);
        report.tied_copy = tied_copy(estimator.inventory(), types);
        report.cache_groups = cache_groups(estimator.model(), request.settings);
        for (const LayerCache& layer : plan_cache(estimator.model(), request.settings).layers)
            report.cache_compressors += layer.compressor;
    }
    return report;
}

}  // namespace

Result<FitReport> build_fit_report(const FitRequest& asked) {
    FitReport report;
    report.command = asked.explain ? "explain" : "fit";
    if (asked.file && asked.file->file.gguf) {
        const auto described = described_model(asked);
        if (!described) {
            report.settings = settings_summary(asked);
            return weights_only_report(asked, described.error(), std::move(report));
        }
    }
    const auto subject = open_subject(asked);
    if (!subject) return tl::unexpected(subject.error());
    report.model = subject->model;
    report.settings = subject->settings;
    report.file = subject->file;
    report.usual_quant = asked.usual_quant;
    report.warnings = subject->warnings;
    if (asked.method == Method::exact) return exact_report(*subject, std::move(report));
    if (auto ok = fill_nominal(subject->request, report); !ok) return tl::unexpected(ok.error());
    report.recommendation = {subject->request.quant, report.usual_quant ? "the default" : "asked for", {}};
    return report;
}

}  // namespace fitcalc
