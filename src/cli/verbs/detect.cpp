#include "cli/machine_words.hpp"
#include "cli/resolve.hpp"
#include "cli/values.hpp"
#include "cli/verbs/verbs.hpp"
#include "render/render.hpp"
#include "report/detect_report.hpp"

namespace fitcalc::cli {

Result<Answer> answer_detect(const Question& question) {
    const RawArgs& args = question.args;
    const std::string word = args.positional.empty() ? "auto" : args.positional.front();
    if (args.positional.size() > 1 || !names_a_machine(word))
        return fail(ErrorKind::usage, "detect takes a saved machine or nothing", "fitcalc detect @machine.json");
    if (!args.gpu.empty())
        return fail(ErrorKind::usage, "detect looks for devices, it takes no --gpu", "fitcalc detect @machine.json shows a saved machine");
    if (args.total) return fail(ErrorKind::usage, "--total goes with --gpu auto", "fitcalc detect --json has both, as usable_bytes and usable_idle_bytes");
    const auto engine = engine_asked(args, question.catalog);
    if (!engine) return tl::unexpected(engine.error());
    if (auto ok = check_backend(args.backend, **engine); !ok) return tl::unexpected(ok.error());
    MemoryChoice memory;
    if (!args.reserve.empty()) {
        const auto reserve = parse_reserve(args.reserve);
        if (!reserve) return tl::unexpected(reserve.error());
        memory.reserve = *reserve;
    }
    auto machine = machine_named(word, question.world);
    if (!machine) return tl::unexpected(machine.error());
    const DetectReport report = build_detect_report(std::move(*machine), question.catalog, **engine, args.backend, memory);
    auto text = render_detect(report, question.output);
    if (!text) return tl::unexpected(text.error());
    return Answer{std::move(*text), true, report.warnings};
}

}  // namespace fitcalc::cli
