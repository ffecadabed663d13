// Catalog records as JSON, through the one list of their fields.
#pragma once

#include <concepts>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "catalog/fields.hpp"

namespace fitcalc {

using Json = nlohmann::ordered_json;

// As a JSON value: absent texts and numbers are null, lists stay lists.
Json field_json(std::string_view value);
Json field_json(ByteRange range);  // [low, high]

template <class T>
requires std::is_arithmetic_v<T> Json field_json(T value) {
    return value;
}

template <class R>
requires std::is_class_v<R> Json field_json(const R& record);

template <class T>
Json field_json(const std::optional<T>& value) {
    return value ? field_json(*value) : Json(nullptr);
}

template <class T>
Json field_json(std::span<T> values) {
    Json out = Json::array();
    for (const auto& value : values) out.push_back(field_json(value));
    return out;
}

// Absent dimensions are left out.
Json dimensions_json(const Dimensions& dimensions);
Json dimensions_json(std::span<const std::uint32_t> packed);

template <class R>
requires std::is_class_v<R> Json field_json(const R& record) {
    Json out;
    visit_fields(record, [&](const char* name, const auto& value) {
        if constexpr (std::same_as<std::remove_cvref_t<decltype(value)>, ConstPackedDimensions>)
            out[name] = dimensions_json(value.values);
        else
            out[name] = field_json(value);
    });
    return out;
}

Json joined_sources(Names sources);  // "a; b", null where there is none

// Where a record comes from, in one text.
Json source_json(const ModelRecord& record);
Json source_json(const DeviceRecord& record);
Json source_json(const QuantRecord& record);
Json source_json(const EngineRecord& record);

template <class R>
Json record_json(const R& record) {
    Json out = field_json(record);
    out["source"] = source_json(record);
    return out;
}

}  // namespace fitcalc
