#include <algorithm>
#include <map>

#include "cpu_fit.hpp"
#include "device_sets.hpp"
#include "file_report.hpp"
#include "fit_request.hpp"
#include "fitcalc/architecture.hpp"
#include "groups.hpp"

namespace fitcalc {
namespace {

// Qualities closer than this are the same to a user; then the smaller file is the better one.
constexpr double same_quality_percent = 0.1;

ModelSummary summarize(const ModelRecord& record, const Estimator& estimator) {
    const ModelSpec& model = estimator.model();
    ModelSummary summary;
    summary.record = &record;
    summary.parameters = estimator.parameters();
    summary.active_parameters = active_parameters(model, estimator.inventory());
    summary.layers = static_cast<std::int64_t>(model.layers.size());
    summary.tied_embeddings = model.tied_embeddings;
    summary.attention = attention_label(model);
    summary.context_length = model.context_length;
    summary.vocab_size = model.vocab_size;
    for (const LayerSpec& layer : model.layers) {
        if (const auto* moe = std::get_if<ExpertFeedForward>(&layer.feed_forward)) {
            ++summary.expert_layers;
            summary.experts = moe->experts;
            summary.experts_used = moe->used;
        } else {
            ++summary.dense_layers;
        }
    }
    return summary;
}

// The key-value section of the GGUF, nearly all of it the tokenizer. Where no published file tells, the median of
// those that do, per vocabulary entry (docs/method.md).
Bytes metadata_size(const ModelRecord& record, const ModelSpec& model) {
    constexpr std::int64_t typical_bytes_per_entry = 40;
    if (record.metadata_bytes) return Bytes{*record.metadata_bytes};
    return Bytes{checked_mul(model.vocab_size, typical_bytes_per_entry)};
}

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
                      nominal_estimate(model, *record->nominal(), model.context_length), record};
}

std::optional<NominalComparison> compare_nominal(const FitRequest& request, const FitReport& report,
                                                 const Estimator& estimator) {
    const auto model = nominal_model(*request.model, report.model);
    if (!model) return std::nullopt;
    const auto row = nominal_row(*request.catalog, *model, request.quant, request.settings.context);
    if (!row) return std::nullopt;
    NominalComparison comparison;
    comparison.nominal = *row;
    const Attention& attention = estimator.model().layers.front().attention;
    comparison.latent_attention = std::holds_alternative<LatentAttention>(attention);
    if (const auto* full = std::get_if<FullAttention>(&attention))
        comparison.head_length_differs = full->key_length != model->hidden / model->heads;
    comparison.exact_cache_full_context = report.full_context.kv_cache;
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
std::string percent(double value) {
    const auto tenths = static_cast<std::int64_t>(value * 10);
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " %";
}

// Of the quantizations that fit, the one that loses least; without devices the usual one.
Recommendation recommend(const FitReport& report, const std::vector<bool>& fitting, bool devices_asked) {
    const QuantRow* best = nullptr;
    for (std::size_t i = 0; devices_asked && i < report.quants.size(); ++i) {
        const QuantRow& row = report.quants[i];
        if (!fitting[i] || !row.record || !row.record->quality_percent) continue;
        if (!best || *row.record->quality_percent > *best->record->quality_percent - same_quality_percent) {
            // Rows run from the largest to the smallest, so a later one of the same quality is smaller.
            const bool better = !best || *row.record->quality_percent > *best->record->quality_percent + same_quality_percent;
            const bool smaller = best && row.total < best->total;
            if (better || smaller) best = &row;
        }
    }
    if (best)
        return {best->type, "least loss of those that fit: " + percent(*best->record->quality_percent) + " of 16-bit quality",
                {}};
    const auto usual = std::ranges::find(report.quants, FileType::q4_k_m, &QuantRow::type);
    if (devices_asked) return {FileType::q4_k_m, "none fits; this is the usual balance of size and quality", {}};
    std::string reason = "the usual balance of size and quality";
    if (usual != report.quants.end() && usual->record && usual->record->quality_percent)
        reason += ": " + percent(*usual->record->quality_percent) + " of 16-bit quality in " +
                  percent(100.0 * usual->bits_per_weight / 16.0) + " of the size";
    return {FileType::q4_k_m, reason, {}};
}

void add_warnings(const FitRequest& request, FitReport& report) {
    report.warnings.insert(report.warnings.begin(), request.warnings.begin(), request.warnings.end());
    if (request.settings.context > report.model.context_length)
        report.warnings.push_back("a context of " + std::to_string(request.settings.context.count()) +
                                  " tokens is beyond the " + std::to_string(report.model.context_length.count()) +
                                  " that the model was trained for");
    if (request.model->confidence == "recalled")
        report.warnings.push_back("the dimensions of " + std::string(request.model->id) +
                                  " are recalled, not read from a published file");
    const BackendRecord* backend = request.engine->backend(report.settings.backend);
    const bool on_cpu = report.settings.backend == "cpu";
    if (request.method == Method::exact && !on_cpu && (!backend || !backend->measured()))
        report.warnings.push_back("the overhead of " + report.settings.backend +
                                  " has not been measured in full; CUDA's figures stand in");
    if (request.method == Method::exact && request.settings.outputs == Outputs::slots && !request.importance_matrix &&
        traits(request.quant).needs_imatrix)
        report.warnings.push_back("llama-quantize refuses to make " + std::string(traits(request.quant).name) +
                                  " without an importance matrix");
}

// What has its own row already is left out, and so is what would only make a quantized file larger.
bool worth_a_row(const FitRequest& request, const FitReport& report, const QuantizedModel& quantized, Bytes own) {
    if (!report.file || !report.file->recipe) return true;
    if (report.file->recipe->standard == quantized.type) return false;
    const bool asked = !request.as_it_is && quantized.type == request.quant;
    return asked || !report.file->quantized || quantized.weights.file < own;
}

std::string backend_of(const FitRequest& request) {
    if (!request.backend.empty()) return request.backend;
    if (request.devices && request.devices->record && !request.devices->record->backend.empty())
        return std::string(request.devices->record->backend);
    return "cuda";
}

Result<FitReport> exact_report(const FitRequest& request, const Estimator& estimator, FitReport report) {
    const BackendOverhead overhead = overhead_of(*request.engine, report.settings.backend);
    EngineSettings full = request.settings;
    full.context = estimator.model().context_length;
    const auto costs = estimator.context_costs(request.settings);
    if (!costs) return tl::unexpected(costs.error());
    const auto full_costs = estimator.context_costs(full);
    if (!full_costs) return tl::unexpected(full_costs.error());

    const bool on_cpu = request.settings.device == GraphDevice::cpu;
    PlacementSolver solver{estimator, request.settings};
    solver.remember(request.settings.context, *costs);
    solver.remember(full.context, *full_costs);
    std::optional<Error> failure;
    const auto estimate_of = [&](const QuantizedModel& quantized, const ContextCosts& at, Tokens context) {
        if (!on_cpu) return estimator.estimate(quantized, at, overhead);
        auto found = cpu_estimate(estimator, solver, quantized, at, context);
        if (!found) failure = found.error();
        return found.value_or(MemoryEstimate{});
    };
    std::vector<bool> fitting;
    const auto add_row = [&](const QuantizedModel& quantized, std::string label, bool asked) {
        const MemoryEstimate here = estimate_of(quantized, *costs, request.settings.context);
        const MemoryEstimate whole = estimate_of(quantized, *full_costs, full.context);
        QuantRow row;
        row.type = quantized.type;
        row.requantized = label.empty() && report.file && report.file->quantized;
        row.label = std::move(label);
        // A mix of one's own has no measured quality.
        if (row.label.empty() || report.file->recipe->standard) row.record = request.catalog->find_quant(traits(row.type).name);
        row.bits_per_weight = quantized.bits_per_weight;
        row.weights = here.weights;
        row.file_size = here.file_size;
        row.total = here.total;
        row.total_full_context = whole.total;
        row.asked = asked;
        if (on_cpu && request.devices) {
            fitting.push_back(at_least(judge(here.total, here.error, request.devices->usable), Verdict::good));
        } else if (request.devices) {
            const auto verdict = solver.verdict(
                quantized, PlacementLimits::equal({request.devices->usable, overhead}, request.devices->count));
            if (!verdict) failure = verdict.error();
            fitting.push_back(verdict && at_least(*verdict, Verdict::good));
        }
        if (row.asked) {
            report.estimate = here;
            report.full_context = whole;
        }
        report.quants.push_back(std::move(row));
    };
    Bytes own;
    if (report.file && report.file->recipe) {
        const QuantizedModel as_is = file_as_it_is(estimator, *request.file->file.gguf, *report.file);
        own = as_is.weights.file;
        add_row(as_is, report.file->label, request.as_it_is);
    }
    for (const FileTypeTraits& type : file_types()) {
        const QuantizedModel quantized = estimator.quantize(type.type, request.importance_matrix);
        if (worth_a_row(request, report, quantized, own))
            add_row(quantized, {}, !request.as_it_is && type.type == request.quant);
    }
    if (failure) return tl::unexpected(*failure);
    report.overhead = on_cpu ? BackendOverhead{} : overhead;
    report.recommendation = report.file && report.file->quantized
                                ? Recommendation{report.quants.front().type, "what the file holds", report.file->label}
                                : recommend(report, fitting, request.devices.has_value());
    for (QuantRow& row : report.quants)
        row.recommended = row.type == report.recommendation.quant && row.label == report.recommendation.label;
    report.cache_bytes_per_token = bytes_per_token(estimator.model(), request.settings);
    report.nominal = compare_nominal(request, report, estimator);

    const QuantizedModel asked = request.as_it_is
                                     ? file_as_it_is(estimator, *request.file->file.gguf, *report.file)
                                     : estimator.quantize(request.quant, request.importance_matrix);
    if (request.devices) {
        const auto row = on_cpu ? cpu_row(solver, asked, report.estimate, *request.devices)
                                : asked_device(request, solver, asked, overhead);
        if (!row) return tl::unexpected(row.error());
        report.devices.push_back(*row);
        report.devices_asked = true;
        report.verdict = row->verdict;
    } else {
        auto rows = smallest_sets(request, solver, asked);
        if (!rows) return tl::unexpected(rows.error());
        report.devices = std::move(*rows);
    }
    if (request.explain) {
        const auto types = request.as_it_is ? estimator.own_types()
                                            : estimator.types(request.quant, request.importance_matrix);
        report.weight_groups = weight_groups(estimator.inventory(), types);
        report.tied_copy = tied_copy(estimator.inventory(), types);
        report.cache_groups = cache_groups(estimator.model(), request.settings);
    }
    return report;
}

}  // namespace

Result<FitReport> build_fit_report(const FitRequest& asked) {
    FitRequest request = asked;
    const GgufFile* gguf = request.file && request.file->file.gguf ? &*request.file->file.gguf : nullptr;
    FitReport report;
    report.command = request.explain ? "explain" : "fit";
    report.settings = {std::string(request.engine->name), std::string(request.engine->version_modelled),
                       backend_of(request), request.method, request.quant, {}, request.settings,
                       request.importance_matrix};
    auto model = describe_model(request.model->architecture, request.model->dimensions());
    if (!model && gguf) return weights_only_report(request, model.error(), std::move(report));
    if (!model) return tl::unexpected(model.error());
    const Bytes metadata = metadata_size(*request.model, *model);
    auto estimator = gguf ? Estimator::create(std::move(*model), gguf->inventory, metadata)
                          : Estimator::create(std::move(*model), metadata);
    if (!estimator) return tl::unexpected(estimator.error());

    report.model = summarize(*request.model, *estimator);
    if (request.file) {
        report.file = summarize(request.file->file, *estimator);
        note_file(request, *estimator, report);
    }
    add_warnings(request, report);
    if (request.method == Method::exact) return exact_report(request, *estimator, std::move(report));
    if (auto ok = fill_nominal(request, report); !ok) return tl::unexpected(ok.error());
    report.recommendation = {request.quant, "asked for", {}};
    return report;
}

}  // namespace fitcalc
