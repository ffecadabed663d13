#include "module_pattern.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "fitcalc/checkpoint.hpp"

namespace fitcalc {
namespace {

constexpr std::string_view expression_prefix = "re:";

// Bounds that no real list reaches: with them an expression is read and tried in about a millisecond, whatever it says.
constexpr std::size_t longest_expression = 1000;
constexpr std::ptrdiff_t most_lookaheads = 1;

// Without the prefixes that classes put before the same names.
std::string bare(std::string name) {
    for (const std::string_view prefix : {"language_model.", "model.", "language_model.", "model."})
        if (name.starts_with(prefix)) name.erase(0, prefix.size());
    if (const auto at = name.find("shared_expert."); at != std::string::npos) name.replace(at, 14, "shared_experts.");
    return name;
}

// Whether an expression is short enough with its counted repetitions written out: "(a{30}){30}" has 900 times its length.
bool short_enough(std::string_view expression) {
    std::size_t length = expression.size();
    for (std::size_t at = 0; at < expression.size() && length <= longest_expression; ++at) {
        if (expression[at] != '{' && expression[at] != ',') continue;
        std::size_t count = 0;
        const char* const end = expression.data() + expression.size();
        const auto [rest, error] = std::from_chars(expression.data() + at + 1, end, count);
        if (error == std::errc::result_out_of_range || count > longest_expression) return false;
        if (error == std::errc{}) length *= std::max<std::size_t>(1, count);
    }
    return length <= longest_expression;
}

std::ptrdiff_t lookaheads(std::string_view expression) {
    std::ptrdiff_t count = 0;
    for (std::size_t at = expression.find("(?"); at != expression.npos; at = expression.find("(?", at + 1)) {
        const std::string_view kind = expression.substr(at + 2, 1);
        if (kind == "=" || kind == "!") ++count;
    }
    return count;
}

std::optional<std::regex> read_expression(const std::string& expression) {
    if (!short_enough(expression) || lookaheads(expression) > most_lookaheads) return std::nullopt;
    auto flags = std::regex::ECMAScript | std::regex::nosubs;
#ifdef __GLIBCXX__
    flags |= std::regex_constants::__polynomial;  // other libraries give up by themselves instead of taking forever
#endif
    try {
        return std::regex(expression, flags);
    } catch (const std::regex_error&) {
        return std::nullopt;
    }
}

bool matches_expression(const std::regex& expression, const std::string& text) {
    try {
        return std::regex_match(text, expression);
    } catch (const std::regex_error&) {
        return false;
    }
}

// '*' stands for any characters. Only the last one met is ever gone back to: what those before it took can stay.
bool matches_glob(std::string_view pattern, std::string_view text) {
    std::size_t star = pattern.npos, resume = 0, next = 0;
    for (std::size_t at = 0; at < text.size();) {
        if (next < pattern.size() && pattern[next] == '*') {
            star = next++;
            resume = at;
        } else if (next < pattern.size() && pattern[next] == text[at]) {
            ++next;
            ++at;
        } else if (star != pattern.npos) {
            next = star + 1;
            at = ++resume;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', next) == pattern.npos;
}

}  // namespace

ModulePattern::ModulePattern(const std::string& pattern) {
    if (pattern.starts_with(expression_prefix))
        expression_ = read_expression(pattern.substr(expression_prefix.size()));
    else
        text_ = bare(pattern);
}

bool ModulePattern::names(const std::string& module) const {
    if (expression_) return matches_expression(*expression_, module);
    if (text_.empty()) return false;
    const std::string name = bare(module);
    if (text_.find('*') != std::string::npos) return matches_glob(text_, name);
    // A name within dots: "mlp.gate" is not "mlp.gate_proj".
    return ("." + name + ".").find("." + text_ + ".") != std::string::npos;
}

bool names_module(const std::string& pattern, const std::string& module) { return ModulePattern{pattern}.names(module); }

}  // namespace fitcalc
