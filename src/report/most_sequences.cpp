#include "most_sequences.hpp"

#include "placing.hpp"
#include "subject.hpp"

namespace fitcalc {

Result<std::int64_t> most_sequences(const FitRequest& request) {
    const auto subject = open_subject(request);
    if (!subject) return tl::unexpected(subject.error());
    PlacementSolver solver{subject->estimator, subject->request.settings};
    return solver.max_parallel(asked_quant(*subject).quantized, placement_limits(subject->request, subject->settings.backend),
                               request.devices.least_yes());
}

}  // namespace fitcalc
