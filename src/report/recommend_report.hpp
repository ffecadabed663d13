// The answer to `fitcalc recommend --gpu D`: the models that fit, ranked by what their sourced scores and the loss of
// the quantization that fits leave of them.
#pragma once

#include <vector>

#include "models_report.hpp"
#include "purpose.hpp"
#include "run_plan.hpp"

namespace fitcalc {

struct RecommendRequest {
    ModelsRequest models;
    Purpose purpose = Purpose::any;
};

struct RankedModel {
    FittingModel model;
    double score = 0;     // `strength` times the quality that the quantization keeps
    double strength = 0;  // the share of right answers, %, expected over all of the purpose's benchmarks
    std::vector<const Score*> evidence;  // the scores that it rests on
};

struct RecommendReport {
    ModelsReport scan;     // its models have been moved into the two lists
    Purpose purpose = Purpose::any;
    std::vector<RankedModel> ranked;    // the best first
    std::vector<FittingModel> unranked; // they fit, but no sourced score makes them comparable
    std::vector<std::string_view> benchmarks;  // all that entered
    RunCommands commands;               // of the first one
};

Result<RecommendReport> build_recommend_report(const RecommendRequest& request);

}  // namespace fitcalc
