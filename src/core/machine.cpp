#include "fitcalc/machine.hpp"

#include <algorithm>
#include <array>

namespace fitcalc {
namespace {

constexpr auto kinds = std::to_array<std::string_view>({"discrete", "integrated", "slice"});

}  // namespace

std::string_view name_of(GpuKind kind) { return kinds[static_cast<std::size_t>(kind)]; }

std::optional<GpuKind> gpu_kind(std::string_view name) {
    const auto found = std::ranges::find(kinds, name);
    if (found == kinds.end()) return std::nullopt;
    return static_cast<GpuKind>(found - kinds.begin());
}

std::optional<Bytes> HostMemory::usable() const {
    if (!available) return std::nullopt;
    if (!limit) return available;
    const Bytes left = std::max(Bytes{}, *limit - limit_used.value_or(Bytes{}));
    return std::min(*available, left);
}

std::optional<Bytes> HostMemory::whole() const {
    if (!total) return std::nullopt;
    return limit ? std::min(*total, *limit) : total;
}

}  // namespace fitcalc
