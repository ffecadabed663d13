#include "hf_fields.hpp"

#include <cmath>

#include "catalog/bounded_json.hpp"
#include "fitcalc/text.hpp"

namespace fitcalc::hf {
namespace {

using nlohmann::json;

// Far above any dimension, and low enough that sums and small multiples stay within 32 bits.
constexpr std::int64_t largest_number = std::int64_t{1} << 28;
constexpr std::size_t longest_list = 4096;

std::uint32_t as_number(const json& value, const char* name) {
    // Python writes some whole numbers as 131072.0.
    if (value.is_number_float()) {
        const double real = value.get<double>();
        if (!(real >= 0) || real > static_cast<double>(largest_number)) reject(name, "out of range");
        if (real != std::floor(real)) reject(name, "not a whole number");
        return static_cast<std::uint32_t>(real);
    }
    if (!value.is_number_integer()) reject(name, "not a whole number");
    if (value.is_number_unsigned() ? value.get<std::uint64_t>() > static_cast<std::uint64_t>(largest_number)
                                   : value.get<std::int64_t>() < 0 || value.get<std::int64_t>() > largest_number)
        reject(name, "out of range");
    return value.get<std::uint32_t>();
}

double as_real(const json& value, const char* name) {
    if (!value.is_number()) reject(name, "not a number");
    const double real = value.get<double>();
    if (!std::isfinite(real) || std::abs(real) > 1e9) reject(name, "out of range");
    return real;
}

const json& as_list(const json& value, const char* name) {
    if (!value.is_array()) reject(name, "not a list");
    if (value.size() > longest_list) reject(name, "a list of more than 4096 entries");
    return value;
}

}  // namespace

void reject(std::string_view field, std::string_view reason) {
    throw Malformed{std::string(field) + ": " + std::string(reason)};
}

const json* Fields::find(const char* name) const {
    const json* nested = inner_ ? member_of(*inner_, name) : nullptr;
    return nested ? nested : member_of(*outer_, name);
}

Dimension Fields::number(FieldNames names) const {
    for (const char* name : names)
        if (const json* value = find(name)) return as_number(*value, name);
    return std::nullopt;
}

std::uint32_t Fields::require(FieldNames names) const {
    const Dimension value = number(names);
    if (!value) reject(*names.begin(), "is missing");
    if (*value == 0) reject(*names.begin(), "is 0");
    return *value;
}

PerLayer Fields::per_layer(FieldNames names) const {
    for (const char* name : names) {
        const json* value = find(name);
        if (!value) continue;
        if (!value->is_array()) return PerLayer{as_number(*value, name)};
        auto each = numbers(name);
        if (each.empty()) reject(name, "an empty list");
        return PerLayer{std::move(each)};
    }
    return {};
}

std::vector<std::uint32_t> Fields::numbers(const char* name) const {
    std::vector<std::uint32_t> out;
    if (const json* value = find(name))
        for (const json& item : as_list(*value, name)) out.push_back(as_number(item, name));
    return out;
}

std::optional<bool> Fields::flag(const char* name) const {
    const json* value = find(name);
    if (!value) return std::nullopt;
    if (!value->is_boolean()) reject(name, "not true or false");
    return value->get<bool>();
}

std::optional<double> Fields::real(FieldNames names) const {
    for (const char* name : names)
        if (const json* value = find(name)) return as_real(*value, name);
    return std::nullopt;
}

std::vector<double> Fields::reals(const char* name) const {
    std::vector<double> out;
    if (const json* value = find(name))
        for (const json& item : as_list(*value, name)) out.push_back(as_real(item, name));
    return out;
}

std::string Fields::text(const char* name) const {
    const json* value = find(name);
    if (!value) return {};
    if (!value->is_string()) reject(name, "not a text");
    return clean_text(value->get_ref<const std::string&>());
}

std::vector<std::string> Fields::texts(const char* name) const {
    std::vector<std::string> out;
    const json* value = find(name);
    if (!value) return out;
    for (const json& item : as_list(*value, name)) {
        if (!item.is_string()) reject(name, "not a list of texts");
        out.push_back(clean_text(item.get_ref<const std::string&>()));
    }
    return out;
}

bool Fields::is_text(const char* name) const {
    const json* value = find(name);
    return value && value->is_string();
}

std::optional<Fields> Fields::object(const char* name) const {
    const json* value = find(name);
    if (!value) return std::nullopt;
    if (!value->is_object()) reject(name, "not an object");
    return Fields{*value};
}

std::vector<Fields> Fields::objects(const char* name) const {
    std::vector<Fields> out;
    const json* value = find(name);
    if (!value) return out;
    for (const json& item : as_list(*value, name)) {
        if (!item.is_object()) reject(name, "not a list of objects");
        out.emplace_back(item);
    }
    return out;
}

}  // namespace fitcalc::hf
