// Typed, range-checked access to the fields of a config.json.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/malformed_text.hpp"
#include "fitcalc/dimensions.hpp"

namespace fitcalc::hf {

using Malformed = MalformedText;

[[noreturn]] void reject(std::string_view field, std::string_view reason);

using FieldNames = std::initializer_list<const char*>;

// The fields of the language model: those of the nested configuration first, then those around it, as the
// converter merges them. A null counts as absent. Lookups take several names and use the first that is there.
class Fields {
public:
    explicit Fields(const nlohmann::json& outer, const nlohmann::json* inner = nullptr)
        : outer_{&outer}, inner_{inner} {}

    bool has(const char* name) const { return find(name) != nullptr; }
    Dimension number(FieldNames names) const;
    std::uint32_t require(FieldNames names) const;
    PerLayer per_layer(FieldNames names) const;  // a number, or a list with one for each layer
    std::vector<std::uint32_t> numbers(const char* name) const;
    std::optional<bool> flag(const char* name) const;
    std::optional<double> real(FieldNames names) const;
    std::vector<double> reals(const char* name) const;
    std::string text(const char* name) const;  // empty when absent
    std::vector<std::string> texts(const char* name) const;
    bool is_text(const char* name) const;
    // The object of that name, as fields of its own; nullopt when absent.
    std::optional<Fields> object(const char* name) const;
    std::vector<Fields> objects(const char* name) const;  // of a list

private:
    const nlohmann::json* find(const char* name) const;

    const nlohmann::json* outer_;
    const nlohmann::json* inner_;
};

}  // namespace fitcalc::hf
