#include "subject.hpp"

#include <algorithm>

#include "file_report.hpp"
#include "fitcalc/architecture.hpp"
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

std::string backend_of(const FitRequest& request) {
    if (!request.backend.empty()) return request.backend;
    if (request.devices && request.devices->record && !request.devices->record->backend.empty())
        return std::string(request.devices->record->backend);
    return "cuda";
}

void add_warnings(const FitRequest& request, Subject& subject) {
    std::vector<std::string>& warnings = subject.warnings;
    warnings.insert(warnings.begin(), request.warnings.begin(), request.warnings.end());
    if (request.settings.context > subject.model.context_length)
        warnings.push_back("a context of " + std::to_string(request.settings.context.count()) +
                           " tokens is beyond the " + std::to_string(subject.model.context_length.count()) +
                           " that the model was trained for");
    if (request.model->confidence == "recalled")
        warnings.push_back("the dimensions of " + std::string(request.model->id) +
                           " are recalled, not read from a published file");
    const BackendRecord* backend = request.engine->backend(subject.settings.backend);
    if (request.method == Method::exact && (!backend || !backend->measured()))
        warnings.push_back("the overhead of " + subject.settings.backend +
                           " has not been measured in full; CUDA's figures stand in");
    if (request.method == Method::exact && request.settings.outputs == Outputs::slots && !request.importance_matrix &&
        traits(request.quant).needs_imatrix)
        warnings.push_back("llama-quantize refuses to make " + std::string(traits(request.quant).name) +
                           " without an importance matrix");
}

// What has its own row already is left out, and so is what would only make a quantized file larger.
bool worth_a_row(const Subject& subject, const QuantChoice& choice, Bytes own) {
    if (!subject.file || !subject.file->recipe) return true;
    if (subject.file->recipe->standard == choice.quantized.type) return false;
    return choice.asked || !subject.file->quantized || choice.quantized.weights.file < own;
}

QuantChoice file_choice(const Subject& subject) {
    QuantChoice choice{file_as_it_is(subject.estimator, *subject.request.file->file.gguf, *subject.file),
                       subject.file->label, nullptr, subject.request.as_it_is};
    // A mix of one's own has no measured quality.
    if (subject.file->recipe->standard)
        choice.record = subject.request.catalog->find_quant(traits(choice.quantized.type).name);
    return choice;
}

}  // namespace

Result<Subject> open_subject(const FitRequest& request) {
    const GgufFile* gguf = request.file && request.file->file.gguf ? &*request.file->file.gguf : nullptr;
    auto model = describe_model(request.model->architecture, request.model->dimensions());
    if (!model) return tl::unexpected(model.error());
    const Bytes metadata = metadata_size(*request.model, *model);
    auto estimator = gguf ? Estimator::create(std::move(*model), gguf->inventory, metadata)
                          : Estimator::create(std::move(*model), metadata);
    if (!estimator) return tl::unexpected(estimator.error());
    Subject subject{request, summarize(*request.model, *estimator), settings_summary(request), {}, std::move(*estimator), {}};
    if (request.file) {
        subject.file = summarize(request.file->file, subject.estimator);
        note_file(subject);
    }
    add_warnings(subject.request, subject);
    return subject;
}

SettingsSummary settings_summary(const FitRequest& request) {
    return {std::string(request.engine->name), std::string(request.engine->version_modelled),
            backend_of(request), request.method, request.quant, {}, request.settings, request.importance_matrix};
}

QuantChoice quant_choice(const Subject& subject, FileType type) {
    return {subject.estimator.quantize(type, subject.request.importance_matrix), {},
            subject.request.catalog->find_quant(traits(type).name),
            !subject.request.as_it_is && type == subject.request.quant};
}

QuantChoice asked_quant(const Subject& subject) {
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

}  // namespace fitcalc
