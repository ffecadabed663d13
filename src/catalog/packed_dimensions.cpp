#include "packed_dimensions.hpp"

namespace fitcalc {
namespace {

struct Packer {
    std::vector<std::uint32_t>& out;

    template <class T>
    void operator()(const char*, const std::optional<T>& value) const {
        out.push_back(value ? 1 : 0);
        if (value) out.push_back(static_cast<std::uint32_t>(*value));
    }
    void operator()(const char*, const PerLayer& value) const {
        out.push_back(static_cast<std::uint32_t>(value.values().size()));
        out.insert(out.end(), value.values().begin(), value.values().end());
    }
};

struct Unpacker {
    std::span<const std::uint32_t> rest;

    std::span<const std::uint32_t> next() {
        const auto values = rest.subspan(1, rest.front());
        rest = rest.subspan(1 + values.size());
        return values;
    }
    template <class T>
    void operator()(const char*, std::optional<T>& value) {
        if (const auto values = next(); !values.empty()) value = static_cast<T>(values.front());
    }
    void operator()(const char*, PerLayer& value) {
        if (const auto values = next(); !values.empty())
            value = PerLayer{std::vector<std::uint32_t>(values.begin(), values.end())};
    }
};

}  // namespace

std::vector<std::uint32_t> pack(const Dimensions& dimensions) {
    std::vector<std::uint32_t> out;
    visit_dimensions(dimensions, Packer{out});
    return out;
}

Dimensions unpack(std::span<const std::uint32_t> packed) {
    Dimensions dimensions;
    Unpacker unpacker{packed};
    visit_dimensions(dimensions, unpacker);
    return dimensions;
}

}  // namespace fitcalc
