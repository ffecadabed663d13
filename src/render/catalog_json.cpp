#include "catalog_json.hpp"

#include "json.hpp"
#include "json_record.hpp"

namespace fitcalc {

std::string render_catalog(const ModelRecord& record) {
    const Json fields = field_json(record);
    Json kept = Json::object();
    for (const auto& [name, value] : fields.items())
        if (!value.is_null() && !(value.is_array() && value.empty())) kept[name] = value;
    Json catalog;
    catalog["schema"] = "fitcalc-catalog/1";
    catalog["models"] = Json::array({std::move(kept)});
    return dump(catalog);
}

}  // namespace fitcalc
