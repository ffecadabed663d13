#include "help.hpp"

#include "args.hpp"
#include "fitcalc/version.hpp"
#include "render/format.hpp"

namespace fitcalc::cli {

std::string version_text() { return formatted("fitcalc {}\n", version); }

std::string help_text() {
    std::string text =
        "fitcalc: does this model fit, at which quantization, with how much context, on which hardware\n\n"
        "usage: fitcalc MODEL [options]\n"
        "       fitcalc VERB ... [options]\n\n"
        "verbs\n";
    for (const Verb& verb : verbs())
        text += formatted("  {:<10} {:<44}{}\n", verb.name, verb.operands, verb.help);
    text += "\noptions\n";
    for (const Option& option : options()) {
        const std::string names = formatted("{}{}{}", option.names, option.argument.empty() ? "" : " ", option.argument);
        text += formatted("  {:<24} {}", names, option.help);
        if (!option.fallback.empty()) text += formatted(" ({})", option.fallback);
        text += '\n';
    }
    text +=
        "  -h,--help                this help\n"
        "  --version                the version\n\n"
        "examples\n"
        "  fitcalc deepseek-r1-0528 --quant Q4_K_M\n"
        "  fitcalc deepseek-r1:32b --gpu rtx-3090 --ctx 32k\n"
        "  fitcalc explain llama-3.1-8b --quant Q6_K\n"
        "  fitcalc list gpus --format csv\n\n"
        "exit status: 0 answered, 1 it does not fit, 2 usage, 3 bad input data, 4 system failure\n";
    return text;
}

}  // namespace fitcalc::cli
