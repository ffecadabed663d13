#include "cli/resolve.hpp"
#include "cli/speed_options.hpp"
#include "cli/verbs/verbs.hpp"
#include "render/render.hpp"
#include "report/compare_report.hpp"

namespace fitcalc::cli {
namespace {

constexpr std::size_t most_columns = 32;

// What is repeated, beside the models: quantizations, sets of devices.
struct Alternatives {
    std::vector<std::string> quants;             // one empty one: the usual
    std::vector<std::vector<std::string>> gpus;  // one empty one: none
};

Alternatives alternatives_of(const RawArgs& args) {
    Alternatives all;
    all.quants = split_list(args.quant);
    if (all.quants.empty()) all.quants.emplace_back();
    // Several --gpu are one mixed set, as everywhere; unless nothing else is there to compare.
    const bool only_devices = args.positional.size() == 1 && all.quants.size() == 1;
    for (const std::string& words : args.gpu) {
        const auto each = split_list(words);
        if (each.size() > 1 || only_devices)
            for (const std::string& device : each) all.gpus.push_back({device});
        else if (all.gpus.empty())
            all.gpus.push_back({words});
        else
            all.gpus.front().push_back(words);
    }
    if (all.gpus.empty()) all.gpus.emplace_back();
    return all;
}

}  // namespace

Result<Answer> answer_compare(const Question& question) {
    const RawArgs& args = question.args;
    if (auto ok = require_exact(args); !ok) return tl::unexpected(ok.error());
    const Alternatives all = alternatives_of(args);
    const std::size_t columns = args.positional.size() * all.quants.size() * all.gpus.size();
    const bool together = args.together || args.verb != "compare";
    if (columns < 2)
        return fail(ErrorKind::usage, args.positional.empty() ? "compare what?" : "one alone is no comparison",
                    "fitcalc compare MODEL MODEL..., or one model with --quant A,B or --gpu A,B");
    if (columns > most_columns) return fail(ErrorKind::usage, "more than 32 columns to compare", "name fewer of them");
    if (together && (args.gpu.empty() || all.gpus.size() > 1))
        return fail(ErrorKind::usage, "several models at once need one set of devices to be on", "name it with --gpu");
    CompareRequest request{{}, together};
    for (const std::string& model : args.positional)
        for (const std::string& quant : all.quants)
            for (const auto& gpus : all.gpus) {
                RawArgs one = args;
                one.positional = {model};
                one.quant = quant;
                one.gpu = gpus;
                auto fit = resolve_fit(one, question.catalog, question.world);
                if (!fit) return tl::unexpected(fit.error());
                if (auto ok = resolve_speed(one, question.world, *fit); !ok) return tl::unexpected(ok.error());
                fit->curves = wants_curves(args, question.output);
                request.columns.push_back(std::move(*fit));
            }
    const auto report = build_compare_report(request);
    if (!report) return tl::unexpected(report.error());
    if (args.check) return Answer{render_verdict(*report, question.output), report->yes, report->warnings};
    auto text = render_compare(*report, question.output);
    if (!text) return tl::unexpected(text.error());
    return Answer{std::move(*text), report->yes, report->warnings};
}

}  // namespace fitcalc::cli
