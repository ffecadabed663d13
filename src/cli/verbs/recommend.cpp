#include "cli/resolve.hpp"
#include "cli/values.hpp"
#include "cli/verbs/verbs.hpp"
#include "render/render.hpp"
#include "report/recommend_report.hpp"

namespace fitcalc::cli {

Result<Answer> answer_recommend(const Question& question) {
    static constexpr Choice<Purpose> purposes[] = {
        {"chat", Purpose::chat}, {"code", Purpose::code}, {"reasoning", Purpose::reasoning}};
    const RawArgs& args = question.args;
    auto fit = resolve_devices_question(args, question.catalog, question.world);
    if (!fit) return tl::unexpected(fit.error());
    RecommendRequest request{{std::move(*fit), !args.ctx.empty(), {}, true}, Purpose::any};
    if (!args.quant.empty()) request.models.quant = request.models.question.quant;
    if (!args.purpose.empty()) {
        const auto purpose = parse_choice("--for", args.purpose, purposes);
        if (!purpose) return tl::unexpected(purpose.error());
        request.purpose = *purpose;
    }
    const auto report = build_recommend_report(request);
    if (!report) return tl::unexpected(report.error());
    const bool yes = !report->ranked.empty();
    if (args.check) return Answer{render_verdict(*report, question.output), yes, report->scan.warnings};
    auto text = render_recommend(*report, question.output);
    if (!text) return tl::unexpected(text.error());
    return Answer{std::move(*text), yes, report->scan.warnings};
}

}  // namespace fitcalc::cli
