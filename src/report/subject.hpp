// A model opened for questions: what every verb knows of it before it asks.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fit_request.hpp"

namespace fitcalc {

struct Subject {
    FitRequest request;  // with what the model, or its own file, settles: `quant`, `as_it_is`
    ModelSummary model;
    SettingsSummary settings;
    std::optional<FileSummary> file;
    Estimator estimator;
    std::vector<std::string> warnings;
};

Result<Subject> open_subject(const FitRequest& request);

// What its architecture makes of the model's dimensions. Bad ones are an error that names the file or the record.
Result<ModelSpec> described_model(const FitRequest& request);

SettingsSummary settings_summary(const FitRequest& request);

// The key-value section of the GGUF, nearly all of it the tokenizer. Where no published file tells, the median of
// those that do, per vocabulary entry (docs/method.md).
Bytes metadata_size(const ModelRecord& record, std::int64_t vocab_size);

void warn_of_backend(const FitRequest& request, const SettingsSummary& settings, std::vector<std::string>& warnings);

// One way to have the model's weights.
struct QuantChoice {
    QuantizedModel quantized;
    std::string label;            // of a file as it is; empty: the name of the file type
    const QuantRecord* record = nullptr;  // null where the catalog says nothing
    bool asked = false;           // the quantization that the request names
    std::optional<Quality> quality = {};             // of this model at it
    std::optional<PublishedChoice> published = {};  // a maker's own mix: only the size of the file is known
};

// The model as the request wants it.
QuantChoice asked_quant(const Subject& subject);
QuantChoice quant_choice(const Subject& subject, FileType type);
// A file as it is, then every quantization worth a row, the largest first.
std::vector<QuantChoice> quant_choices(const Subject& subject);
// The same with the mixes that are their makers' own, as far as files of the model are published.
std::vector<QuantChoice> with_published(const Subject& subject, std::vector<QuantChoice> choices);

}  // namespace fitcalc
