#include "cli/resolve.hpp"
#include "cli/verbs/verbs.hpp"
#include "render/render.hpp"
#include "report/grid_report.hpp"

namespace fitcalc::cli {

Result<Answer> answer_grid(const Question& question) {
    RawArgs args = question.args;
    // Lists here: the rows and the columns.
    const std::string quants = std::exchange(args.quant, {}), contexts = std::exchange(args.ctx, {});
    if (auto ok = require_exact(args); !ok) return tl::unexpected(ok.error());
    auto fit = resolve_fit(args, question.catalog, question.world);
    if (!fit) return tl::unexpected(fit.error());
    GridRequest request{std::move(*fit), {}, {}};
    for (const std::string& name : split_list(quants)) {
        const auto type = resolve_quant(name);
        if (!type) return tl::unexpected(type.error());
        request.quants.push_back(*type);
    }
    for (const std::string& text : split_list(contexts)) {
        const auto context = resolve_context(text, request.question);
        if (!context) return tl::unexpected(context.error());
        request.contexts.push_back(*context);
    }
    const auto report = build_grid_report(request);
    if (!report) return tl::unexpected(report.error());
    if (question.args.check) return Answer{render_verdict(*report, question.output), report->any_fits, report->warnings};
    auto text = render_grid(*report, question.output);
    if (!text) return tl::unexpected(text.error());
    return Answer{std::move(*text), report->any_fits, report->warnings};
}

}  // namespace fitcalc::cli
