#include "manual.hpp"

#include <algorithm>
#include <cctype>

#include "catalog/names.hpp"
#include "fitcalc/version.hpp"
#include "help.hpp"
#include "options.hpp"
#include "render/format.hpp"
#include "render/terminal.hpp"

namespace fitcalc::cli {
namespace {

// Text that roff leaves alone: its escapes, hyphens that stay ASCII's, and no line that begins with a control character.
std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\\')
            out += "\\e";
        else if (c == '-')
            out += "\\-";
        else if ((c == '.' || c == '\'') && (out.empty() || out.back() == '\n'))
            (out += "\\&") += c;
        else
            out += c;
    }
    return out;
}

std::string bold(std::string_view text) { return "\\fB" + escaped(text) + "\\fR"; }
std::string italic(std::string_view text) { return "\\fI" + escaped(text) + "\\fR"; }

// In lines of their own length; `words` between backquotes are commands.
std::string prose(std::string_view words) {
    constexpr std::size_t width = 72;
    std::string lines, out;
    for (const std::string& line : folded(words, width)) (lines += lines.empty() ? "" : "\n") += line;
    std::string_view text = lines;
    for (bool command = false; !text.empty(); command = !command) {
        const std::size_t end = std::min(text.find('`'), text.size());
        out += command ? bold(text.substr(0, end)) : escaped(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

void append_term(std::string& page, const std::string& term, const std::string& text) {
    page += ".TP\n" + term + "\n" + text + "\n";
}

void append_verb(std::string& page, const Verb& verb) {
    std::string help(verb.help);
    help.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(help.front())));
    append_term(page, bold(formatted("fitcalc {}", verb.name)) + " " + italic(verb.operands),
                prose(help + ".") + "\n" + prose(verb.details));
}

// The commands that an option goes with, where they are few.
std::string takers_of(const Option& option) {
    std::vector<std::string_view> takers;
    for (const Verb& verb : verbs())
        if (takes(verb, option)) takers.push_back(verb.name);
    return 2 * takers.size() < verbs().size() ? "With " + listed(takers) + "." : std::string{};
}

void append_option(std::string& page, const Option& option) {
    std::string term;
    if (!option.short_name().empty()) term = bold(option.short_name()) + ", ";
    term += bold(option.long_name());
    if (!option.argument.empty()) term += " " + italic(option.argument);
    std::string text = prose(help_of(option) + (option.help.ends_with('.') ? "" : "."));
    if (const std::string takers = takers_of(option); !takers.empty()) text += "\n" + prose(takers);
    append_term(page, term, text);
}

constexpr std::string_view names_text =
    R"(.SH NAMES
.TP
.I MODEL
An id or alias of the catalog (\fBdeepseek\-r1\-0528\fR),
an Ollama tag (\fBdeepseek\-r1:32b\fR),
a Hugging Face repository (\fBdeepseek\-ai/DeepSeek\-R1\-0528\fR),
a path to a .gguf file (the first of a split set stands for the set),
to a config.json or to a folder of safetensors,
or \fB\-\fR for names on standard input, one a line.
.TP
.I DEVICE
An id, alias or marketing name (\fBrtx\-4090\fR, \fB4090\fR),
a count of them (\fB2x rtx\-3090\fR),
a bare size (\fB24GB\fR is a card sold as such, which holds 24 GiB;
\fB24GiB\fR and \fB24576MiB\fR say what they mean),
\fBauto\fR for this machine,
or \fB@\fR\fIFILE\fR for one that \fBfitcalc detect \-\-json\fR saved.
.TP
.I SIZE
\fB64GB\fR, \fB64GiB\fR or \fB65536MiB\fR; a bare number is bytes.
)";

constexpr std::string_view ending =
    R"(.SH EXIT STATUS
.TP
.B 0
The answer was printed; with a device: it fits.
.TP
.B 1
The question was understood and the answer is no.
.TP
.B 2
Usage: an unknown option, model, device or quantization.
.TP
.B 3
Bad input data: a file that is missing, truncated, malformed or inconsistent.
.TP
.B 4
The operating system refused.
.SH ENVIRONMENT
.TP
.B FITCALC_CATALOG
A catalog that is laid over the built\-in one, as with \fB\-\-catalog\fR.
.TP
.B NO_COLOR
Not empty: no colour, unless \fB\-\-color always\fR asks for it.
.TP
.B COLUMNS
How wide tables may be, where it is set.
)";

}  // namespace

std::string manual_page() {
    std::string page = formatted(".TH FITCALC 1 {} \"fitcalc {}\" \"User Commands\"\n", version_date, version);
    page += ".SH NAME\nfitcalc \\- does this model fit, and what do I run?\n.SH SYNOPSIS\n";
    page += ".B fitcalc\n.I MODEL\n.RI [ options ]\n.br\n.B fitcalc\n.I VERB\n\\&...\n.RI [ options ]\n";
    page += ".SH DESCRIPTION\n" +
            prose("Tells offline and to the byte what memory llama.cpp takes for a model, on which devices it fits, at which "
                  "quantization and with how much context, and how to run it. Sizes in tables are in GB of 10^9 bytes, with "
                  "`--units gib` in GiB of 2^30; machine formats are in bytes.") + "\n";
    page += ".SH VERBS\n";
    for (const Verb& verb : verbs()) append_verb(page, verb);
    page += names_text;
    page += ".SH OPTIONS\nOptions that all commands share are accepted where they say nothing.\n";
    for (std::size_t i = 0; i < option_groups; ++i) {
        const auto group = static_cast<OptionGroup>(i);
        page += formatted(".SS {}\n", escaped(title_of(group)));
        for (const Option& option : options())
            if (option.group == group) append_option(page, option);
    }
    page += ending;
    page += ".SH EXAMPLES\n.EX\n";
    for (const Verb& verb : verbs())
        for (const std::string_view example : verb.examples) page += escaped(example) + "\n";
    page += ".EE\n";
    return page;
}

}  // namespace fitcalc::cli
