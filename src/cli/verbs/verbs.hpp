// One function for each command that has a file of its own: from the words to the answer.
#pragma once

#include <string>
#include <vector>

#include "cli/args.hpp"
#include "cli/run.hpp"
#include "fitcalc/catalog.hpp"
#include "fitcalc/result.hpp"
#include "render/output.hpp"

namespace fitcalc::cli {

// Text for standard output, and whether it is a yes.
struct Answer {
    std::string text;
    bool yes = true;
    std::vector<std::string> warnings;
};

// What every verb is given.
struct Question {
    const RawArgs& args;
    const Catalog& catalog;
    const OutputOptions& output;
    const World& world;
};

// Whether the answer shows context against memory.
inline bool wants_curves(const RawArgs& args, const OutputOptions& output) {
    return !args.check && (args.plot || (output.document() && args.verb != "explain"));
}

Result<Answer> answer_calibrate(const Question& question);
Result<Answer> answer_compare(const Question& question);
Result<Answer> answer_detect(const Question& question);  // [@FILE]
Result<Answer> answer_gpus(const Question& question);
Result<Answer> answer_grid(const Question& question);
Result<Answer> answer_models(const Question& question);
Result<Answer> answer_plan(const Question& question);
Result<Answer> answer_recommend(const Question& question);
Result<Answer> answer_serving(const Question& question);  // fit, plan and gpus with --engine vllm or sglang

}  // namespace fitcalc::cli
