#include "cli/resolve.hpp"
#include "cli/speed_options.hpp"
#include "cli/verbs/verbs.hpp"
#include "render/render.hpp"

namespace fitcalc::cli {

Result<Answer> answer_plan(const Question& question) {
    const RawArgs& args = question.args;
    if (auto ok = require_exact(args); !ok) return tl::unexpected(ok.error());
    auto request = resolve_fit(args, question.catalog, question.world);
    if (!request) return tl::unexpected(request.error());
    if (auto ok = resolve_speed(args, question.world, *request); !ok) return tl::unexpected(ok.error());
    if (!request->devices.names_memory())
        return fail(ErrorKind::usage, "planned for which memory?", "--gpu DEVICE, --ram SIZE or both");
    request->max_context = true;
    request->curves = wants_curves(args, question.output);
    auto report = build_fit_report(*request);
    if (!report) return tl::unexpected(report.error());
    if (!report->placement)
        return fail(ErrorKind::unsupported, "only the weights of the file are known, not where they would go",
                    "fitcalc inspect shows what is in it");
    report->command = "plan";
    const bool yes = request->devices.yes(report->verdict);
    if (args.check) return Answer{render_verdict(*report, question.output), yes, report->warnings};
    auto text = render_plan(*report, question.output);
    if (!text) return tl::unexpected(text.error());
    return Answer{std::move(*text), yes, report->warnings};
}

}  // namespace fitcalc::cli
