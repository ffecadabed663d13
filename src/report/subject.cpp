#include "subject.hpp"

#include <algorithm>

#include "file_report.hpp"
#include "fitcalc/architecture.hpp"
#include "fitcalc/text.hpp"
#include "groups.hpp"

namespace fitcalc {
namespace {

ModelSummary summarize(const ModelRecord& record, const Estimator& estimator) {
    const ModelSpec& model = estimator.model();
    ModelSummary summary;
    summary.record = &record;
    summary.parameters = estimator.parameters();
    summary.active_parameters = active_parameters(model, estimator.inventory());
    summary.layers = static_cast<std::int64_t>(model.layers.size());
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

std::string backend_of(const FitRequest& request) {
    if (!request.backend.empty()) return request.backend;
    const std::string_view usual = request.devices ? request.devices.groups.front().usual_backend() : std::string_view{};
    return usual.empty() ? "cuda" : std::string(usual);
}

void add_warnings(const FitRequest& request, Subject& subject) {
    std::vector<std::string>& warnings = subject.warnings;
    warnings.insert(warnings.begin(), request.warnings.begin(), request.warnings.end());
    if (request.settings.context > subject.model.context_length) {
        warnings.push_back("a context of " + grouped(request.settings.context.count()) + " tokens is beyond the " +
                           grouped(subject.model.context_length.count()) + " that the model was trained for");
        warnings.emplace_back("llama.cpp's server takes the memory for them, but uses the trained ones only, unless RoPE scaling "
                              "is set up (--rope-scaling)");
    }
    if (request.model->confidence == "recalled")
        warnings.push_back("the dimensions of " + std::string(request.model->id) +
                           " are recalled, not read from a published file");
    for (const std::string_view source : request.model->sources)  // a single dimension: "context_length: recalled"
        if (source == "context_length: recalled" || source == "vocab_size: recalled")
            warnings.push_back("the " + std::string(source.substr(0, source.find(':'))) + " of " +
                               std::string(request.model->id) + " is recalled, not read from a published file");
    warn_of_backend(request, subject.settings, warnings);
    if (request.method == Method::exact && !request.file && !request.published && request.quant != FileType::mxfp4_moe &&
        traits(traits(request.quant).default_type).quantized && experts_in_mxfp4(subject.estimator.model()))
        warnings.push_back("the experts of " + std::string(request.model->id) +
                           " were released in MXFP4, and published files keep them so; this is a file in which they are " +
                           "made anew: --quant MXFP4_MOE");
    if (request.method == Method::exact && request.settings.outputs == Outputs::slots && !request.importance_matrix &&
        traits(request.quant).needs_imatrix)
        warnings.push_back("llama-quantize refuses to make " + std::string(traits(request.quant).name) +
                           " without an importance matrix");
}

// The published file's size, spread over the tensors as in the nearest of llama.cpp's own mixes.
QuantChoice published_choice(const Subject& subject, const PublishedChoice& published,
                             std::span<const QuantizedModel> mixes) {
    const PublishedFile& file = *published.file;
    QuantChoice choice{subject.estimator.of_size(Bytes{file.bytes}, file.q8_ends, mixes), std::string(file.quant), nullptr,
                       subject.request.published && subject.request.published->file == published.file};
    choice.quantized.uncertain += Bytes{file.rounding_bytes};
    choice.published = published;
    return choice;
}

std::vector<QuantizedModel> standard_mixes(const Subject& subject) {
    std::vector<QuantizedModel> mixes;
    for (const FileTypeTraits& type : file_types())
        mixes.push_back(subject.estimator.quantize(type.type, subject.request.importance_matrix));
    return mixes;
}

std::string published_warning(const PublishedChoice& choice, FileType nearest) {
    const PublishedFile& file = *choice.file;
    std::string text = std::string(file.quant) + " is a mix of its maker's own: the size is that of the published file (" +
                       std::string(choice.set->publisher) + ", " + std::string(choice.set->repository);
    if (file.rounding_bytes > 0)
        text += ", listed to within " + std::to_string((file.rounding_bytes + 999'999) / 1'000'000) + " MB";
    text += "); its tensors are taken for those of " + std::string(traits(nearest).name);
    if (file.q8_ends) text += " with token embedding and output matrix in Q8_0";
    return text + ", stretched to that size";
}

// What has its own row already is left out, and so is what would only make a quantized file larger.
bool worth_a_row(const Subject& subject, const QuantChoice& choice, Bytes own) {
    if (!subject.file || !subject.file->recipe) return true;
    if (subject.file->recipe->standard == choice.quantized.type) return false;
    return choice.asked || !subject.file->quantized || choice.quantized.weights.file < own;
}

std::optional<Quality> quality_in(const Subject& subject, const QuantRecord& quant) {
    const FitRequest& request = subject.request;
    return quality_of(*request.catalog, *request.model, subject.estimator.model(), subject.model.active_parameters, quant);
}

QuantChoice file_choice(const Subject& subject) {
    QuantChoice choice{file_as_it_is(subject.estimator, *subject.request.file->file.gguf, *subject.file),
                       subject.file->label, nullptr, subject.request.as_it_is};
    // A mix of one's own has no measured quality.
    if (subject.file->recipe->standard)
        choice.record = subject.request.catalog->find_quant(traits(choice.quantized.type).name);
    if (choice.record)
        choice.quality = quality_in(subject, *choice.record);
    return choice;
}

std::string layers_without_experts(const RoutedLayers& routed, std::string_view id) {
    const std::string name(id);
    if (routed.end == Layers{}) return name + " has";
    if (routed.first == Layers{1}) return "the first layer of " + name + " has";
    return "the first " + std::to_string(routed.first.count()) + " layers of " + name + " have";
}

// llama.cpp takes --n-cpu-moe with any model; where the layers that it counts have no routed experts it moves nothing.
void count_moved_layers(const ModelSpec& model, FitRequest& request) {
    std::optional<Layers>& counted = request.devices.cpu_moe_layers;
    const RoutedLayers routed = routed_layers(model);
    const auto moved = routed.moved(counted);
    if (counted.value_or(Layers{}) > moved.value_or(Layers{}))
        request.warnings.push_back(layers_without_experts(routed, request.model->id) +
                                   " no routed experts: --n-cpu-moe moves nothing");
    counted = moved;
}

}  // namespace

Bytes metadata_size(const ModelRecord& record, std::int64_t vocab_size) {
    constexpr std::int64_t typical_bytes_per_entry = 40;
    if (record.metadata_bytes) return Bytes{*record.metadata_bytes};
    return Bytes{checked_mul(vocab_size, typical_bytes_per_entry)};
}

void warn_of_backend(const FitRequest& request, const SettingsSummary& settings, std::vector<std::string>& warnings) {
    if (settings.backend == "cpu") return;  // it has none of its own
    const BackendRecord* backend = request.engine->backend(settings.backend);
    if (request.method != Method::exact || (backend && backend->measured())) return;
    const bool context = backend && backend->context_bytes, pool = backend && backend->pool_bytes;
    warnings.push_back(context || pool ? "the " + std::string(pool ? "context" : "pool") + " in the overhead of " + settings.backend +
                                             " has not been measured; CUDA's figure stands in"
                                       : "the overhead of " + settings.backend + " has not been measured; CUDA's figures stand in");
}

Result<ModelSpec> described_model(const FitRequest& request) {
    auto model = describe_model(request.model->architecture, request.model->dimensions());
    if (model || model.error().kind != ErrorKind::bad_data) return model;
    const std::string place = request.file ? request.file->file.path : "models." + std::string(request.model->id) + ".dimensions";
    return fail(ErrorKind::bad_data, place + ": " + model.error().message, model.error().hint);
}

Result<Subject> open_subject(const FitRequest& request) {
    const GgufFile* gguf = request.file && request.file->file.gguf ? &*request.file->file.gguf : nullptr;
    auto model = described_model(request);
    if (!model) return tl::unexpected(model.error());
    const Bytes metadata = metadata_size(*request.model, model->vocab_size);
    auto estimator = gguf ? Estimator::create(std::move(*model), gguf->inventory, metadata)
                          : Estimator::create(std::move(*model), metadata);
    if (!estimator) return tl::unexpected(estimator.error());
    FitRequest settled = request;
    if (request.usual_quant && request.method == Method::exact) settled.quant = usual_file_type(estimator->model());
    count_moved_layers(estimator->model(), settled);
    const SettingsSummary settings = settings_summary(settled);
    Subject subject{std::move(settled), summarize(*request.model, *estimator), settings, {}, std::move(*estimator), {}};
    if (request.file) {
        subject.file = summarize(request.file->file, subject.estimator);
        note_file(subject);
    }
    add_warnings(subject.request, subject);
    if (request.published)
        subject.warnings.push_back(published_warning(*request.published, asked_quant(subject).quantized.type));
    return subject;
}

SettingsSummary settings_summary(const FitRequest& request) {
    return {std::string(request.engine->name), std::string(request.engine->version_modelled), backend_of(request),
            request.method, request.quant, std::string(request.published ? request.published->file->quant : ""),
            request.settings, request.importance_matrix};
}

QuantChoice quant_choice(const Subject& subject, FileType type) {
    const FitRequest& request = subject.request;
    QuantChoice choice{subject.estimator.quantize(type, request.importance_matrix), {},
                       request.catalog->find_quant(traits(type).name),
                       !request.as_it_is && !request.published && type == request.quant};
    if (choice.record)
        choice.quality = quality_in(subject, *choice.record);
    return choice;
}

QuantChoice asked_quant(const Subject& subject) {
    if (subject.request.published)
        return published_choice(subject, *subject.request.published, standard_mixes(subject));
    return subject.request.as_it_is ? file_choice(subject) : quant_choice(subject, subject.request.quant);
}

std::vector<QuantChoice> quant_choices(const Subject& subject) {
    std::vector<QuantChoice> choices;
    Bytes own;
    if (subject.file && subject.file->recipe) {
        choices.push_back(file_choice(subject));
        own = choices.front().quantized.weights.file;
    }
    for (const FileTypeTraits& type : file_types()) {
        QuantChoice choice = quant_choice(subject, type.type);
        if (worth_a_row(subject, choice, own)) choices.push_back(std::move(choice));
    }
    return choices;
}

std::vector<QuantChoice> with_published(const Subject& subject, std::vector<QuantChoice> choices) {
    if (subject.file) return choices;
    const auto published = subject.request.catalog->published_files(*subject.request.model);
    if (published.empty()) return choices;
    std::vector<QuantizedModel> mixes;
    mixes.reserve(choices.size());
    for (const QuantChoice& choice : choices) mixes.push_back(choice.quantized);
    for (const PublishedChoice& each : published) {
        QuantChoice choice = published_choice(subject, each, mixes);
        const auto smaller = std::ranges::find_if(
            choices, [&](const QuantChoice& c) { return c.quantized.file_size < choice.quantized.file_size; });
        choices.insert(smaller, std::move(choice));
    }
    return choices;
}

}  // namespace fitcalc
