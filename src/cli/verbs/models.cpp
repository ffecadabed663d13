#include "cli/resolve.hpp"
#include "cli/verbs/verbs.hpp"
#include "render/render.hpp"
#include "report/models_report.hpp"

namespace fitcalc::cli {

Result<Answer> answer_models(const Question& question) {
    const RawArgs& args = question.args;
    auto fit = resolve_devices_question(args, question.catalog, question.world);
    if (!fit) return tl::unexpected(fit.error());
    ModelsRequest request{std::move(*fit), !args.ctx.empty(), {}, !args.check};
    if (!args.quant.empty()) request.quant = request.question.quant;
    const auto report = build_models_report(request);
    if (!report) return tl::unexpected(report.error());
    const bool yes = !report->models.empty();
    if (args.check) return Answer{render_verdict(*report, question.output), yes, report->warnings};
    auto text = render_models(*report, question.output);
    if (!text) return tl::unexpected(text.error());
    return Answer{std::move(*text), yes, report->warnings};
}

}  // namespace fitcalc::cli
