// What a report says of a model that came from a file.
#pragma once

#include "fit_request.hpp"
#include "subject.hpp"

namespace fitcalc {

FileSummary summarize(const ModelFile& file, const Estimator& estimator);

// The file's own types and the bytes that it takes on disk.
QuantizedModel file_as_it_is(const Estimator& estimator, const GgufFile& gguf, const FileSummary& summary);

// Settles what is asked for, and warns of what in the file differs from what the architecture expects.
void note_file(Subject& subject);

// For an architecture that isn't supported: weights and file size, all that is known. `reason`: why.
Result<FitReport> weights_only_report(const FitRequest& request, const Error& reason, FitReport report);

}  // namespace fitcalc
