#include "run.hpp"

#include <algorithm>

#include "args.hpp"
#include "fitcalc/text.hpp"
#include "catalog_verb.hpp"
#include "complete.hpp"
#include "completion.hpp"
#include "help.hpp"
#include "names_from_input.hpp"
#include "render/render.hpp"
#include "report/inspect_report.hpp"
#include "resolve.hpp"
#include "resolve_serving.hpp"
#include "speed_options.hpp"
#include "verbs/verbs.hpp"

namespace fitcalc::cli {
namespace {

constexpr int answer_is_no = 1;

tl::unexpected<Error> no_verdict(const FitReport& report) {
    if (report.settings.method == Method::nominal)
        return fail(ErrorKind::usage, "--check computes with --method exact only");
    return fail(ErrorKind::unsupported, "only the weights of the file are known, not whether it fits",
                "fitcalc inspect shows what is in it");
}

Result<Answer> answer_fit(const RawArgs& args, const Catalog& catalog, const OutputOptions& output,
                          const World& world) {
    auto request = resolve_fit(args, catalog, world);
    if (!request) return tl::unexpected(request.error());
    if (auto ok = resolve_speed(args, world, *request); !ok) return tl::unexpected(ok.error());
    request->curves = wants_curves(args, output);
    request->max_context = output.format != Format::table || !output.value.empty();
    const auto report = build_fit_report(*request);
    if (!report) return tl::unexpected(report.error());
    const bool yes = request->devices.yes(report->verdict);
    if (args.check && !report->placement) return no_verdict(*report);
    if (args.check) return Answer{render_verdict(*report, output), yes, report->warnings};
    if (args.plot && report->curves.empty())
        return fail(ErrorKind::usage, "--plot draws what --method exact computes, of a model whose architecture is supported");
    auto text = request->explain ? render_explain(*report, output) : render_fit(*report, output);
    if (!text) return tl::unexpected(text.error());
    return Answer{std::move(*text), yes, report->warnings};
}

Result<Answer> answer_list(const RawArgs& args, const Catalog& catalog, const OutputOptions& output) {
    static constexpr std::pair<std::string_view, ListTopic> topics[] = {
        {"models", ListTopic::models}, {"gpus", ListTopic::gpus}, {"quants", ListTopic::quants},
        {"engines", ListTopic::engines}, {"architectures", ListTopic::architectures},
    };
    const std::string topic = args.positional.empty() ? "" : args.positional.front();
    const auto found = std::ranges::find(topics, topic, [](const auto& t) { return t.first; });
    if (found == std::end(topics))
        return fail(ErrorKind::usage, topic.empty() ? "list what?" : "no list of '" + topic + "'",
                    "fitcalc list models, gpus, quants, engines or architectures");
    const auto request = resolve_list(args, found->second);
    if (!request) return tl::unexpected(request.error());
    const auto report = build_list_report(*request, catalog);
    if (!report) return tl::unexpected(report.error());
    auto text = render_list(*report, output);
    if (!text) return tl::unexpected(text.error());
    return Answer{std::move(*text), report->size() > 0, {}};
}

Result<Answer> answer_catalog(const RawArgs& args, const OutputOptions& output, const World& world) {
    const std::string what = args.positional.empty() ? "" : args.positional.front();
    const bool text = what == "check" || what == "path", json = what == "add";
    if (output.format != Format::table && (text || (json && output.format != Format::json)))
        return fail(ErrorKind::usage, "fitcalc catalog " + what + " prints nothing but " + (text ? "lines of text" : "JSON"),
                    "leave out --format");
    auto answered = catalog_verb(args, world);
    if (!answered) return tl::unexpected(answered.error());
    return Answer{std::move(answered->text), true, std::move(answered->warnings)};
}

Result<Answer> answer_inspect(const RawArgs& args, const OutputOptions& output, const World& world) {
    if (args.positional.size() != 1)
        return fail(ErrorKind::usage, args.positional.empty() ? "inspect which file?" : "inspect takes one file",
                    "fitcalc inspect FILE: a .gguf, .safetensors or config.json file, or a checkpoint's folder");
    auto file = open_model_file(args.positional.front(), world.files);
    if (!file) return tl::unexpected(file.error());
    const auto report = build_inspect_report(std::move(*file), args.tensors);
    if (!report) return tl::unexpected(report.error());
    auto text = render_inspect(*report, output);
    if (!text) return tl::unexpected(text.error());
    return Answer{std::move(*text), true, report->warnings};
}

Result<Answer> answer_completion(const RawArgs& args) {
    static constexpr const char* shells = "fitcalc completion bash, zsh, fish or powershell";
    const std::string shell = args.positional.empty() ? "" : args.positional.front();
    if (args.positional.size() > 1)
        return fail(ErrorKind::usage, "completion takes one shell, not also '" + args.positional[1] + "'", shells);
    const std::string_view script = completion_script(shell);
    if (script.empty())
        return fail(ErrorKind::usage, shell.empty() ? "completion for which shell?" : "no completion for '" + shell + "'",
                    shells);
    return Answer{std::string(script), true, {}};
}

// A question about models, asked of those that are named.
Result<Answer> answer_models_named(const Question& question) {
    const RawArgs& args = question.args;
    if (auto ok = refuse_serving_words(args, question.catalog); !ok) return tl::unexpected(ok.error());
    if (asks_serving(args, question.catalog)) return answer_serving(question);
    const bool several = args.verb == "fit" && args.positional.size() > 1 && !args.gpu.empty();
    if (args.verb == "compare" || several) return answer_compare(question);
    if (args.verb == "gpus") return answer_gpus(question);
    if (args.verb == "recommend") return answer_recommend(question);
    if (args.verb == "plan") return answer_plan(question);
    if (args.verb == "models") return answer_models(question);
    if (args.verb == "grid") return answer_grid(question);
    return answer_fit(args, question.catalog, question.output, question.world);
}

// The same question about each of them. Tables stand apart; JSON answers follow each other, as jq reads them; rows say which
// model they are about, those of csv and tsv under one header.
Result<Answer> answer_each(const Question& question, const std::vector<std::string>& names) {
    Answer all{"", true, {}};
    if (const Format format = question.output.format; (format == Format::html || format == Format::svg) && names.size() > 1)
        return fail(ErrorKind::usage, "a page or a picture is about one model", "name one, or fitcalc compare several");
    OutputOptions output = question.output;
    const bool rows = output.format == Format::csv || output.format == Format::tsv;
    const bool apart = (output.format == Format::table || output.format == Format::markdown) && output.value.empty() &&
                       !question.args.check;
    for (const std::string& name : names) {
        RawArgs args = question.args;
        args.positional = {name};
        output.model_column = name;
        const auto one = answer_models_named({args, question.catalog, output, question.world});
        if (!one) return one;
        if (apart && !all.text.empty()) all.text += '\n';
        all.text += one->text;
        all.yes = all.yes && one->yes;
        all.warnings.insert(all.warnings.end(), one->warnings.begin(), one->warnings.end());
        if (rows) output.header = false;
    }
    return all;
}

Result<Answer> answer_question(const Question& question) {
    const RawArgs& args = question.args;
    if (args.plot && asks_serving(args, question.catalog))
        return fail(ErrorKind::usage, "--plot draws what llama.cpp takes; serving engines fill whatever they are given");
    const auto dash = std::ranges::find(args.positional, names_on_input);
    if (dash == args.positional.end()) return answer_models_named(question);
    const auto names = names_from_input(question.world);
    if (!names) return tl::unexpected(names.error());
    if (args.verb != "compare" && args.positional.size() == 1) return answer_each(question, *names);
    RawArgs named = args;
    const auto at = named.positional.erase(named.positional.begin() + (dash - args.positional.begin()));
    named.positional.insert(at, names->begin(), names->end());
    return answer_models_named({named, question.catalog, question.output, question.world});
}

Result<Answer> answer(const RawArgs& args, const World& world) {
    if (args.version) return Answer{version_text(), true, {}};
    const auto output = resolve_output(args, world);
    if (!output) return tl::unexpected(output.error());
    if (args.help || args.verb == "help")
        return help_text(args, *output).map([](std::string text) { return Answer{std::move(text), true, {}}; });
    if (args.verb == "completion") return answer_completion(args);
    if (args.verb == "catalog") return answer_catalog(args, *output, world);
    if (args.verb == "inspect") return answer_inspect(args, *output, world);
    const auto catalog = load_catalog(args, world);
    if (!catalog) return tl::unexpected(catalog.error());
    if (args.verb == "list") return answer_list(args, *catalog, *output);
    const Question question{args, *catalog, *output, world};
    if (args.verb == "detect") return answer_detect(question);
    if (args.verb == "calibrate") return answer_calibrate(question);
    return answer_question(question);
}

// Sizes that a file states can be beyond 64 bits wherever they are multiplied.
Result<Answer> answer_or_overflow(const RawArgs& args, const World& world) try {
    return answer(args, world);
} catch (const ArithmeticOverflow& overflow) {
    return fail(ErrorKind::bad_data, std::string("a model of such dimensions can't be computed: ") + overflow.what());
}

// Texts from files and from the command line stand in messages: none of them breaks a line or reaches the terminal. A
// hint of several lines is our own.
std::string indented_lines(const std::string& hint) {
    std::string out;
    for (std::size_t at = 0; at <= hint.size();) {
        const std::size_t end = std::min(hint.find("\n  ", at), hint.size());
        out += "  " + clean_text(std::string_view(hint).substr(at, end - at)) + "\n";
        at = end + 3;
    }
    return out;
}

}  // namespace

int exit_status(ErrorKind kind) {
    switch (kind) {
        case ErrorKind::usage:
        case ErrorKind::unknown_name: return 2;
        case ErrorKind::bad_data:
        case ErrorKind::unsupported: return 3;
        case ErrorKind::system: break;
    }
    return 4;
}

Outcome run(const std::vector<std::string>& arguments, const World& world) {
    Outcome outcome;
    if (!arguments.empty() && arguments.front() == complete_command) {
        outcome.out = complete({arguments.begin() + 1, arguments.end()}, world);
        return outcome;
    }
    const auto args = parse_arguments(arguments);
    const Result<Answer> answered = args ? answer_or_overflow(*args, world) : Result<Answer>{tl::unexpected(args.error())};
    if (!answered) {
        const Error& error = answered.error();
        outcome.status = exit_status(error.kind);
        outcome.err = "fitcalc: error: " + clean_text(error.message) + "\n";
        if (!error.hint.empty()) outcome.err += indented_lines(error.hint);
        return outcome;
    }
    outcome.out = answered->text;
    for (const std::string& warning : answered->warnings) outcome.err += "fitcalc: warning: " + clean_text(warning) + "\n";
    outcome.status = answered->yes ? 0 : answer_is_no;
    return outcome;
}

}  // namespace fitcalc::cli
