#include "help.hpp"

#include <algorithm>

#include "catalog/names.hpp"
#include "fitcalc/version.hpp"
#include "manual.hpp"
#include "options.hpp"
#include "render/format.hpp"
#include "render/terminal.hpp"

namespace fitcalc::cli {
namespace {

constexpr std::size_t indent = 2, gap = 2;
constexpr std::size_t widest_term = 24;  // an option that is longer stands on a line of its own
constexpr std::size_t line_of_first_page = 80 - indent - widest_term - gap;

struct Entry {
    std::string term;
    std::string text;
};

// Lines of a page: headings, and terms with their explanations beside them.
class HelpPage {
public:
    explicit HelpPage(const OutputOptions& output) : terminal_{output}, width_{std::min(terminal_.width, widest_paragraph)} {}

    void line(std::string_view text) { (out_ += text) += '\n'; }
    void blank() { out_ += '\n'; }
    void heading(std::string_view text) { line(terminal_.paint(Style::strong, text)); }
    void paragraph(std::string_view text) {
        for (const std::string& each : folded(text, width_)) line(each);
    }
    void entries(const std::vector<Entry>& entries);
    std::string take() { return std::move(out_); }

private:
    Terminal terminal_;
    std::size_t width_;
    std::string out_;
};

void HelpPage::entries(const std::vector<Entry>& entries) {
    std::size_t term_width = 0;
    for (const Entry& entry : entries)
        if (entry.term.size() <= widest_term) term_width = std::max(term_width, entry.term.size());
    const std::size_t margin = indent + term_width + gap;
    for (const Entry& entry : entries) {
        std::string lead = std::string(indent, ' ') + entry.term;
        if (entry.term.size() > term_width) {
            line(lead);
            lead.clear();
        }
        for (const std::string& text : folded(entry.text, width_ > 2 * margin ? width_ - margin : width_ / 2)) {
            lead.resize(margin, ' ');
            line(lead + text);
            lead.clear();
        }
    }
}

Entry entry_of(const Option& option) {
    // Long names stand under each other, with or without a short one.
    const std::string short_name = option.short_name().empty() ? "    " : std::string(option.short_name()) + ", ";
    const std::string_view space = option.argument.empty() ? "" : " ";
    return {formatted("{}{}{}{}", short_name, option.long_name(), space, option.argument), help_of(option)};
}

Entry entry_of(const Verb& verb) { return {formatted("{} {}", verb.name, verb.operands), std::string(verb.help)}; }

// As much of the explanation as one line holds: all of it, or up to where a clause ends.
std::string in_one_line(const Option& option, std::size_t width) {
    std::string text = help_of(option);
    if (text.size() <= width) return text;
    text = option.help;
    for (std::size_t end = text.size(); text.size() > width && end != std::string::npos && end > 0;) {
        end = text.find_last_of(";:", end - 1);
        if (end != std::string::npos) text.resize(end);
    }
    const std::string with_fallback = formatted("{} [{}]", text, option.fallback);
    return option.fallback.empty() || with_fallback.size() > width ? text : with_fallback;
}

// The option groups that `wanted` leaves something of.
template <class Wanted>
void append_options(HelpPage& page, Wanted wanted) {
    for (std::size_t i = 0; i < option_groups; ++i) {
        const auto group = static_cast<OptionGroup>(i);
        std::vector<Entry> entries;
        for (const Option& option : options())
            if (option.group == group && wanted(option)) entries.push_back(entry_of(option));
        if (entries.empty()) continue;
        page.blank();
        page.heading(title_of(group));
        page.entries(entries);
    }
}

void append_verbs(HelpPage& page) {
    std::vector<Entry> entries;
    for (const Verb& verb : verbs()) entries.push_back(entry_of(verb));
    page.heading("verbs");
    page.entries(entries);
}

void append_opening(HelpPage& page) {
    page.line("fitcalc: does this model fit, and what do I run?");
    page.blank();
    page.line("usage: fitcalc MODEL [options]");
    page.line("       fitcalc VERB ... [options]");
    page.blank();
}

void append_ending(HelpPage& page) {
    page.line("exit status: 0 answered, 1 does not fit, 2 usage, 3 bad data, 4 system failure");
}

std::string first_page(const OutputOptions& output) {
    HelpPage page{output};
    append_opening(page);
    append_verbs(page);
    page.blank();
    page.heading("options that most people need");
    std::vector<Entry> entries;
    for (const std::string_view name : common_options()) {
        const Option& option = *std::ranges::find_if(options(), [&](const Option& o) { return o.long_name() == name; });
        entries.push_back({entry_of(option).term, in_one_line(option, line_of_first_page)});
    }
    page.entries(entries);
    page.blank();
    page.heading("examples");
    for (const std::string_view example : find_verb("fit")->examples) page.line(formatted("  {}", example));
    page.blank();
    append_ending(page);
    page.line("fitcalc help VERB: all that a verb takes; fitcalc help --all: everything");
    return page.take();
}

std::string verb_page(const Verb& verb, const OutputOptions& output) {
    HelpPage page{output};
    page.line(formatted("fitcalc {}: {}", verb.name, verb.help));
    page.blank();
    page.line(formatted("usage: fitcalc {} {} [options]", verb.name, verb.operands));
    page.blank();
    page.paragraph(verb.details);
    append_options(page, [&](const Option& option) { return takes(verb, option); });
    page.blank();
    page.heading("examples");
    for (const std::string_view example : verb.examples) page.line(formatted("  {}", example));
    return page.take();
}

std::string whole_page(const OutputOptions& output) {
    HelpPage page{output};
    append_opening(page);
    append_verbs(page);
    append_options(page, [](const Option&) { return true; });
    page.blank();
    append_ending(page);
    return page.take();
}

}  // namespace

std::string version_text() { return formatted("fitcalc {}\n", version); }

std::string help_of(const Option& option) {
    return option.fallback.empty() ? std::string(option.help) : formatted("{} [{}]", option.help, option.fallback);
}

Result<std::string> help_text(const RawArgs& args, const OutputOptions& output) {
    const bool asked_for_help = args.verb == "help";  // the command, not --help of one
    if (args.verb_typed && args.help) return verb_page(*find_verb(args.verb), output);
    if (asked_for_help && args.manual) return manual_page();
    if (asked_for_help && args.all) return whole_page(output);
    if (args.positional.empty()) return first_page(output);
    const std::string& name = args.positional.front();
    if (const Verb* verb = find_verb(name)) return verb_page(*verb, output);
    if (!asked_for_help) return first_page(output);
    std::vector<std::string_view> names;
    for (const Verb& verb : verbs()) names.push_back(verb.name);
    const auto near = nearest(name, names, 1);
    return fail(ErrorKind::usage, "no verb named '" + name + "'",
                near.empty() ? "fitcalc help shows them" : "did you mean " + std::string(near.front()) + "?");
}

}  // namespace fitcalc::cli
