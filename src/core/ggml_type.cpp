#include "fitcalc/ggml_type.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "fitcalc/text.hpp"

namespace fitcalc {

std::optional<GgmlType> ggml_type_from_number(std::uint32_t number) {
    if (number >= detail::type_by_number.size() || detail::type_by_number[number] < 0) return std::nullopt;
    return detail::type_table[static_cast<std::size_t>(detail::type_by_number[number])].type;
}

std::optional<GgmlType> ggml_type_from_name(std::string_view name) {
    const auto found = std::ranges::find_if(detail::type_table, [&](const auto& t) { return same_ignoring_case(t.name, name); });
    if (found == detail::type_table.end()) return std::nullopt;
    return found->type;
}

namespace detail {

void reject_partial_block(const GgmlTypeTraits& type, std::int64_t values) {
    throw std::invalid_argument(std::string(type.name) + " stores blocks of " + std::to_string(type.block_values) +
                                " values, not " + std::to_string(values));
}

}  // namespace detail

}  // namespace fitcalc
