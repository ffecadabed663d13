// All that is known of the commands and their options, in one table each: the parser, the help, the manual page and the
// shells' completions are made of them.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "args.hpp"

namespace fitcalc::cli {

// The options that belong together, in the order of the help.
enum class OptionGroup { question, placement, runtime, serving, speed, selection, record, output, general };
inline constexpr std::size_t option_groups = 9;
std::string_view title_of(OptionGroup group);

// What may stand after an option, or as a command's operand: what a shell offers there.
enum class Values {
    free,       // nothing can be offered
    words,      // the lower-case words of the row's `words`
    files,
    models,     // names of the catalog, and files
    devices,
    quants,     // checkpoint formats with a serving engine
    engines,
    families,
    publishers,
    vendors,
    kinds,      // of devices, and their classes
    records,    // of the topic that stands before
    commands,
};

// A set of commands.
using VerbSet = std::uint32_t;
namespace on {
inline constexpr VerbSet fit = 1 << 0, explain = 1 << 1, inspect = 1 << 2, list = 1 << 3, gpus = 1 << 4, models = 1 << 5,
                         recommend = 1 << 6, plan = 1 << 7, compare = 1 << 8, grid = 1 << 9, detect = 1 << 10,
                         calibrate = 1 << 11, catalog = 1 << 12, completion = 1 << 13, help = 1 << 14;
inline constexpr VerbSet all = ~VerbSet{0};
}  // namespace on

struct Option {
    std::string_view names;     // "-q,--quant"
    std::string_view argument;  // "NAME"; empty for a switch
    std::string_view help;
    std::string_view fallback;  // what holds when it is not given
    std::variant<std::string RawArgs::*, std::vector<std::string> RawArgs::*, bool RawArgs::*> target;
    OptionGroup group = OptionGroup::output;
    VerbSet verbs = on::all;  // where it says something
    Values values = Values::free;
    std::string_view words = {};  // "cuda|rocm"; those of the argument ("N|max") need not be repeated
    // What other commands than its own do with it: one that all share is accepted where it says nothing.
    bool shared = true;

    std::string_view long_name() const;   // "--quant"
    std::string_view short_name() const;  // "-q"; empty: none
};

struct Verb {
    VerbSet bit = 0;
    std::string_view name;
    std::string_view operands;
    std::string_view help;      // one line
    std::string_view details;   // a paragraph
    std::span<const std::string_view> examples;  // whole command lines
    Values first = Values::free, others = Values::free;  // its operands
    std::string_view words = {};                         // of the first
};

std::span<const Option> options();
std::span<const Verb> verbs();

const Verb* find_verb(std::string_view name);  // nullptr: none
bool takes(const Verb& verb, const Option& option);
// Options and commands that most people need, for the first page of the help.
std::span<const std::string_view> common_options();  // long names

// The lower-case words among the alternatives of "N|max" or "on|off".
std::vector<std::string_view> words_among(std::string_view alternatives);
// All words that the option takes or offers.
std::vector<std::string_view> words_of(const Option& option);

}  // namespace fitcalc::cli
