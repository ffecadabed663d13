// The only file that knows CLI11. Its versions word their errors differently, so only their kind is used.
#include "args.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "catalog/names.hpp"
#include "options.hpp"

namespace fitcalc::cli {
namespace {

struct Register {
    CLI::App& app;
    const Option& option;
    RawArgs& args;

    void operator()(std::string RawArgs::*target) const {
        app.add_option(std::string(option.names), args.*target)->take_last();
    }
    void operator()(std::vector<std::string> RawArgs::*target) const {
        app.add_option(std::string(option.names), args.*target)->allow_extra_args(false);
    }
    void operator()(bool RawArgs::*target) const { app.add_flag(std::string(option.names), args.*target); }
};

std::vector<std::string_view> long_names() {
    std::vector<std::string_view> names;
    for (const Option& option : options()) names.push_back(option.long_name());
    return names;
}

tl::unexpected<Error> unknown_option(std::string_view typed) {
    const auto near = nearest(typed.substr(0, typed.find('=')), long_names(), 1);
    return fail(ErrorKind::usage, "unknown option '" + std::string(typed) + "'",
                near.empty() ? "fitcalc help --all shows the options" : "did you mean " + std::string(near.front()) + "?");
}

tl::unexpected<Error> needs_a_value(const std::string& option) {
    return fail(ErrorKind::usage, option + " needs a value", "fitcalc help --all shows the options");
}

// What is wrong with the command line, in our own words.
tl::unexpected<Error> explain_failure(const CLI::ParseError& error) {
    // CLI11 begins these messages with the option's name.
    const std::string what = error.what();
    const std::string name = what.substr(0, what.find_first_of(" :"));
    if (name.starts_with("-")) return needs_a_value(name);
    return fail(ErrorKind::usage, what);
}

// "--check=yes". CLI11 takes some of them.
Result<void> refuse_values_of_switches(const std::vector<std::string>& words) {
    for (const std::string_view word : words) {
        const std::string_view name = word.substr(0, word.find('='));
        if (name.size() == word.size()) continue;
        for (const Option& option : options())
            if (option.argument.empty() && option.long_name() == name)
                return fail(ErrorKind::usage, std::string(name) + " takes no value", "leave out what stands behind it");
    }
    return {};
}

// An empty value would say what no option at all says.
Result<void> refuse_empty_values(const CLI::App& app) {
    for (const CLI::Option* given : app.get_options()) {
        const auto& values = given->results();
        if (std::ranges::find(values, "") != values.end()) return needs_a_value(given->get_name());
    }
    return {};
}

// Whether one of the words may be meant by this option. CLI11 spends more on registering sixty than a report takes to lay out.
bool mentioned(const Option& option, const std::vector<std::string>& words) {
    const auto named = [&](std::string_view word) {
        if (!word.starts_with('-')) return false;
        const bool long_name = word.starts_with("--");
        std::string_view names = option.names;
        for (std::size_t comma = 0; comma != std::string_view::npos; names.remove_prefix(std::min(comma + 1, names.size()))) {
            comma = names.find(',');
            const std::string_view name = names.substr(0, comma);
            if (long_name ? word.substr(0, word.find('=')) == name : name.size() == 2 && word.find(name[1]) != std::string_view::npos)
                return true;
        }
        return false;
    };
    return std::ranges::any_of(words, named);
}

struct Given {
    const RawArgs& args;

    template <class T>
    bool operator()(T RawArgs::*target) const {
        if constexpr (std::is_same_v<T, bool>)
            return args.*target;
        else
            return !(args.*target).empty();
    }
};

// An option of other commands only would say nothing here.
Result<void> refuse_others_options(const RawArgs& args) {
    const Verb& verb = *find_verb(args.verb);
    for (const Option& option : options()) {
        if (option.shared || takes(verb, option) || !std::visit(Given{args}, option.target)) continue;
        std::vector<std::string_view> takers;
        for (const Verb& other : verbs())
            if (takes(other, option)) takers.push_back(other.name);
        return fail(ErrorKind::usage, "fitcalc " + args.verb + " takes no " + std::string(option.long_name()),
                    "it is an option of " + listed(takers) + "; fitcalc help " + args.verb + " shows what " + args.verb +
                        " takes");
    }
    return {};
}

}  // namespace

Result<RawArgs> parse_arguments(std::vector<std::string> arguments) {
    RawArgs args;
    args.verb = "fit";
    if (!arguments.empty() && find_verb(arguments.front())) {
        args.verb = arguments.front();
        args.verb_typed = true;
        arguments.erase(arguments.begin());
    } else if (!arguments.empty() && arguments.front() == "version") {
        arguments.front().insert(0, "--");
    }
    // What stands behind a "--" are operands, whatever they begin with.
    const auto end = std::ranges::find(arguments, "--");
    const std::vector<std::string> operands(end == arguments.end() ? end : end + 1, arguments.end());
    arguments.erase(end, arguments.end());
    if (auto ok = refuse_values_of_switches(arguments); !ok) return tl::unexpected(ok.error());
    CLI::App app;
    app.set_help_flag();
    app.allow_extras();
    for (const Option& option : options())
        if (mentioned(option, arguments)) std::visit(Register{app, option, args}, option.target);
    std::ranges::reverse(arguments);  // CLI11 takes them from the back
    try {
        app.parse(arguments);
    } catch (const CLI::ParseError& error) {
        return explain_failure(error);
    }
    if (auto ok = refuse_empty_values(app); !ok) return tl::unexpected(ok.error());
    for (const std::string& word : app.remaining()) {
        if (word.starts_with('-') && word.size() > 1) return unknown_option(word);
        args.positional.push_back(word);
    }
    args.positional.insert(args.positional.end(), operands.begin(), operands.end());
    if (auto ok = refuse_others_options(args); !ok) return tl::unexpected(ok.error());
    return args;
}

}  // namespace fitcalc::cli
