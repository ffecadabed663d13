#include "json_parts.hpp"

namespace fitcalc {

Json curve_json(std::string_view id, std::string_view quant, const Json& device, const ContextCurve& curve) {
    Json out;
    out["id"] = text(id);
    out["quant"] = quant;
    out["device"] = device;
    out["limit_bytes"] = optional_count(curve.limit);
    out["max_context"] = optional_count(curve.max_context);
    out["points"] = Json::array();
    for (const CurvePoint& point : curve.points)
        out["points"].push_back({{"context", point.context.count()},
                                 {"total_bytes", point.total.count()},
                                 {"fits", curve.limit ? Json(point.fits) : Json(nullptr)}});
    return out;
}

Json curve_rows(const Json& curves) {
    Json rows = Json::array();
    for (const Json& curve : curves)
        for (const Json& point : curve.at("points")) {
            Json row;
            for (const char* field : {"id", "quant", "device", "limit_bytes"}) row[field] = curve.at(field);
            row.update(point);
            rows.push_back(std::move(row));
        }
    return rows;
}

}  // namespace fitcalc
