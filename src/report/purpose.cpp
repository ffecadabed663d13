#include "purpose.hpp"

#include <algorithm>

namespace fitcalc {
namespace {

struct Known {
    std::string_view prefix;  // the benchmark's name begins so: versions and years count as the same kind
    Purpose purpose;
};

// Only benchmarks that state a share of right answers.
constexpr Known known[] = {
    {"MMLU", Purpose::chat},          {"IFEval", Purpose::chat},       {"Arena-Hard", Purpose::chat},
    {"SimpleQA", Purpose::chat},      {"AlpacaEval", Purpose::chat},   {"C-Eval", Purpose::chat},
    {"HellaSwag", Purpose::chat},     {"TriviaQA", Purpose::chat},     {"BBH", Purpose::chat},
    {"LiveBench", Purpose::chat},     {"MultiIF", Purpose::chat},      {"ARC-", Purpose::chat},
    {"WildBench", Purpose::chat},     {"Global-MMLU", Purpose::chat},
    {"HumanEval", Purpose::code},     {"MBPP", Purpose::code},         {"LiveCodeBench", Purpose::code},
    {"SWE-bench", Purpose::code},     {"Aider", Purpose::code},        {"MultiPL-E", Purpose::code},
    {"BigCodeBench", Purpose::code},  {"EvalPlus", Purpose::code},     {"Terminal-Bench", Purpose::code},
    {"SciCode", Purpose::code},       {"CRUXEval", Purpose::code},
    {"AIME", Purpose::reasoning},     {"MATH", Purpose::reasoning},    {"GPQA", Purpose::reasoning},
    {"HMMT", Purpose::reasoning},     {"GSM8K", Purpose::reasoning},   {"CNMO", Purpose::reasoning},
    {"Humanity's Last Exam", Purpose::reasoning},                      {"BBEH", Purpose::reasoning},
    {"OlympiadBench", Purpose::reasoning},                             {"ZebraLogic", Purpose::reasoning},
};

}  // namespace

std::string_view name_of(Purpose purpose) {
    switch (purpose) {
        case Purpose::chat: return "chat";
        case Purpose::code: return "code";
        case Purpose::reasoning: return "reasoning";
        case Purpose::any: break;
    }
    return "any";
}

bool measures(std::string_view benchmark, Purpose purpose) {
    return std::ranges::any_of(known, [&](const Known& each) {
        return benchmark.starts_with(each.prefix) && (purpose == Purpose::any || each.purpose == purpose);
    });
}

}  // namespace fitcalc
