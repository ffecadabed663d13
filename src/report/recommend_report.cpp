#include "recommend_report.hpp"

#include <algorithm>

#include "fitcalc/ranking.hpp"

namespace fitcalc {
namespace {

// All scores of the catalog that tell something for the purpose, whether the model fits or not: they tell how hard
// each benchmark is.
class Evidence {
public:
    Evidence(const Catalog& catalog, Purpose purpose) : purpose_{purpose} {
        std::vector<Observation> observations;
        const auto& models = catalog.models();
        for (std::size_t model = 0; model < models.size(); ++model)
            for (const Score* score : of(*models[model]))
                observations.push_back({model, place(score->benchmark), *score->value});
        strengths_ = expected_percent(observations, models.size(), benchmarks_.size());
        for (std::size_t model = 0; model < models.size(); ++model) records_.push_back(models[model]);
    }

    std::vector<const Score*> of(const ModelRecord& record) const {
        std::vector<const Score*> counted;
        for (const Score& score : record.scores) {
            if (!score.value || score.unit != "percent" || !measures(score.benchmark, purpose_)) continue;
            // The first figure of a benchmark is that of one attempt; votes of many stand behind it.
            const bool again = std::ranges::any_of(counted, [&](const Score* c) { return c->benchmark == score.benchmark; });
            if (!again) counted.push_back(&score);
        }
        return counted;
    }

    std::optional<double> strength(const ModelRecord* record) const {
        const auto found = std::ranges::find(records_, record);
        return found == records_.end() ? std::nullopt : strengths_[static_cast<std::size_t>(found - records_.begin())];
    }

    const std::vector<std::string_view>& benchmarks() const { return benchmarks_; }

private:
    std::size_t place(std::string_view benchmark) {
        const auto found = std::ranges::find(benchmarks_, benchmark);
        if (found != benchmarks_.end()) return static_cast<std::size_t>(found - benchmarks_.begin());
        benchmarks_.push_back(benchmark);
        return benchmarks_.size() - 1;
    }

    Purpose purpose_;
    std::vector<std::string_view> benchmarks_;
    std::vector<std::optional<double>> strengths_;
    std::vector<const ModelRecord*> records_;
};

}  // namespace

Result<RecommendReport> build_recommend_report(const RecommendRequest& request) {
    auto scan = build_models_report(request.models);
    if (!scan) return tl::unexpected(scan.error());
    RecommendReport report{std::move(*scan), request.purpose, {}, {}, {}, {}};
    const Evidence evidence{*request.models.question.catalog, request.purpose};
    report.benchmarks = evidence.benchmarks();
    for (FittingModel& model : std::exchange(report.scan.models, {})) {
        const auto strength = evidence.strength(model.record);
        if (!strength || !model.quality) {
            report.unranked.push_back(std::move(model));
            continue;
        }
        const double score = *strength * model.quality->percent / 100.0;
        auto scores = evidence.of(*model.record);
        report.ranked.push_back({std::move(model), score, *strength, std::move(scores)});
    }
    std::ranges::stable_sort(report.ranked, std::ranges::greater{}, &RankedModel::score);
    if (!report.ranked.empty()) {
        const FittingModel& first = report.ranked.front().model;
        EngineSettings settings = request.models.question.settings;
        settings.context = first.context;
        report.commands = run_commands(run_plan(*request.models.question.catalog, *first.record, first.quant, first.file_size,
                                                first.expert_layers, settings, first.placement));
    }
    return report;
}

}  // namespace fitcalc
