#include "json_commands.hpp"
#include "json_models.hpp"
#include "json_parts.hpp"
#include "json_record.hpp"

namespace fitcalc {
namespace {

Json ranked_json(const RankedModel& ranked, std::size_t rank) {
    Json out;
    out["rank"] = rank;
    out["score"] = rounded_to(ranked.score, 100);
    out["strength_percent"] = rounded_to(ranked.strength, 100);
    const Json model = fitting_json(ranked.model);
    for (const auto& [key, value] : model.items()) out[key] = value;
    out["scores"] = Json::array();
    for (const Score* score : ranked.evidence) out["scores"].push_back(field_json(*score));
    return out;
}

}  // namespace

Json to_json(const RecommendReport& report) {
    Json out = scan_json(report.scan, "recommend");
    out["purpose"] = name_of(report.purpose);
    out["benchmarks"] = report.benchmarks;
    out["models"] = Json::array();
    for (std::size_t i = 0; i < report.ranked.size(); ++i) out["models"].push_back(ranked_json(report.ranked[i], i + 1));
    out["unranked"] = Json::array();
    for (const FittingModel& model : report.unranked) out["unranked"].push_back(fitting_json(model));
    out["commands"] = report.ranked.empty() ? Json(nullptr) : commands_json(report.commands);
    add_left_out(out, report.scan);
    return out;
}

}  // namespace fitcalc
