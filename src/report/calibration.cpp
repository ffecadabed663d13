#include "calibration.hpp"

#include <algorithm>
#include <cmath>

#include "fitcalc/architecture.hpp"
#include "fitcalc/estimate.hpp"

namespace fitcalc {
namespace {

// Geometric mean of the runs of one device and mode; nullopt without any.
std::optional<double> mean_factor(const std::vector<CalibratedRun>& runs, std::string_view device, bool decode) {
    double sum = 0, count = 0;
    for (const CalibratedRun& each : runs)
        if (each.run.device->id == device && each.run.decode == decode) {
            sum += std::log(each.factor());
            ++count;
        }
    if (count == 0) return std::nullopt;
    return std::exp(sum / count);
}

}  // namespace

Result<CalibratedRun> compare_run(const Catalog& catalog, const MeasuredRun& run) {
    auto model = describe_model(run.model->architecture, run.model->dimensions());
    if (!model) return tl::unexpected(model.error());
    const auto estimator = Estimator::create(std::move(*model), Bytes{});
    if (!estimator) return tl::unexpected(estimator.error());
    const auto work = token_work(estimator->model(), estimator->inventory(), estimator->types(run.quant, true), run.settings);

    EngineSettings settings = run.settings;
    settings.context = std::max(settings.context, run.depth + run.tokens);
    SpeedOptions options;
    options.depth = run.decode ? run.depth + run.tokens / 2 : run.depth;
    if (!run.decode) options.prompt = run.tokens;
    SpeedQuestion question;
    question.catalog = &catalog;
    question.engine = run.engine;
    question.backend = run.backend;
    question.settings = &settings;
    question.flash_attention = uses_flash_attention(estimator->model(), run.settings);
    question.work = &work;
    question.sites = equal_sites(*run.device, run.count, static_cast<std::int64_t>(estimator->model().layers.size()));
    question.options = &options;
    const auto speed = estimate_speed(question);
    if (!speed || (!run.decode && !speed->prefill))
        return fail(ErrorKind::bad_data, "the speed of " + std::string(run.device->id) + " on " +
                                             std::string(run.backend.empty() ? run.device->backend : run.backend) +
                                             " is not modelled", "fitcalc list gpus shows the devices that are known");
    return CalibratedRun{run, run.decode ? speed->decode.rate : speed->prefill->rate};
}

std::vector<Calibration> calibrations_of(const std::vector<CalibratedRun>& runs) {
    std::vector<Calibration> out;
    for (const CalibratedRun& each : runs) {
        const std::string device(each.run.device->id);
        if (std::ranges::find(out, device, &Calibration::device) != out.end()) continue;
        Calibration calibration;
        calibration.device = device;
        calibration.decode = mean_factor(runs, device, true).value_or(1);
        calibration.prefill = mean_factor(runs, device, false);
        out.push_back(std::move(calibration));
    }
    return out;
}

}  // namespace fitcalc
