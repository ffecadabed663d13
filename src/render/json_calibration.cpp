#include <nlohmann/json.hpp>

#include "json.hpp"
#include "json_parts.hpp"

namespace fitcalc {
namespace {

constexpr double hundredths = 1e2, ten_thousandths = 1e4;

}  // namespace

Json to_json(const CalibrationReport& report) {
    Json out;
    out["schema"] = answer_schema;
    out["command"] = "calibrate";
    out["runs"] = Json::array();
    for (const CalibratedRun& each : report.runs) {
        Json run;
        run["device"] = each.run.device->id;
        run["count"] = each.run.count;
        run["model"] = each.run.model->id;
        run["quant"] = traits(each.run.quant).name;
        run["mode"] = each.run.decode ? "decode" : "prefill";
        run["tokens"] = each.run.tokens.count();
        run["depth"] = each.run.depth.count();
        run["measured_tokens_per_second"] = rounded_to(each.run.rate, hundredths);
        run["estimated_tokens_per_second"] = rounded_to(each.estimated, hundredths);
        run["factor"] = rounded_to(each.factor(), ten_thousandths);
        out["runs"].push_back(std::move(run));
    }
    out["calibrations"] = Json::array();
    for (const Calibration& each : report.calibrations)
        out["calibrations"].push_back({{"device", each.device},
                                       {"decode_factor", rounded_to(each.decode, ten_thousandths)},
                                       {"prefill_factor", each.prefill ? Json(rounded_to(*each.prefill, ten_thousandths)) : Json(nullptr)}});
    out["warnings"] = report.warnings;
    return out;
}

}  // namespace fitcalc
