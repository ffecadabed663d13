#include "cli/resolve_serving.hpp"
#include "cli/verbs/verbs.hpp"
#include "render/serving.hpp"

namespace fitcalc::cli {

Result<Answer> answer_serving(const Question& question) {
    const RawArgs& args = question.args;
    if (args.verb == "gpus" && !args.gpu.empty())
        return fail(ErrorKind::usage, "fitcalc gpus looks at all devices, not at one --gpu", "fitcalc MODEL --gpu DEVICE asks about one");
    if (args.verb == "plan" && args.gpu.empty()) return fail(ErrorKind::usage, "planned for which memory?", "--gpu DEVICE");
    if (args.check && args.gpu.empty() && args.verb != "gpus") return fail(ErrorKind::usage, "--check needs a --gpu to check");
    const auto request = resolve_serving(args, question.catalog, question.world);
    if (!request) return tl::unexpected(request.error());
    auto report = build_serving_report(*request);
    if (!report) return tl::unexpected(report.error());
    report->command = args.verb;
    const bool yes = fits(report->verdict());
    if (args.check) return Answer{render_verdict(*report, question.output), yes, report->warnings};
    auto text = render_serving(*report, question.output);
    if (!text) return tl::unexpected(text.error());
    return Answer{std::move(*text), yes, report->warnings};
}

}  // namespace fitcalc::cli
