// Typed integer quantities: bytes, tokens, parameters and layers can't be mixed up.
//
// Every operation is checked; a result that does not fit in 64 bits throws ArithmeticOverflow. Estimator::create and
// context_costs, compute_buffers and PlacementSolver's caches, where sizes are made of a model's dimensions, turn it into
// an Error; other functions let it through. In constant expressions it fails to compile.
#pragma once

#include <compare>
#include <cstdint>
#include <stdexcept>

namespace fitcalc {

class ArithmeticOverflow : public std::overflow_error {
public:
    ArithmeticOverflow() : std::overflow_error("a size does not fit in 64 bits") {}
};

constexpr std::int64_t checked_add(std::int64_t a, std::int64_t b) {
    std::int64_t sum = 0;
    if (__builtin_add_overflow(a, b, &sum)) throw ArithmeticOverflow{};
    return sum;
}

constexpr std::int64_t checked_sub(std::int64_t a, std::int64_t b) {
    std::int64_t difference = 0;
    if (__builtin_sub_overflow(a, b, &difference)) throw ArithmeticOverflow{};
    return difference;
}

constexpr std::int64_t checked_mul(std::int64_t a, std::int64_t b) {
    std::int64_t product = 0;
    if (__builtin_mul_overflow(a, b, &product)) throw ArithmeticOverflow{};
    return product;
}

// Smallest multiple of `step` that is not below `value`; both must be non-negative, `step` positive.
constexpr std::int64_t round_up(std::int64_t value, std::int64_t step) {
    const std::int64_t rest = value % step;
    return rest == 0 ? value : checked_add(value, step - rest);
}

// Smallest number of parts of `step` that hold `value`, likewise.
constexpr std::int64_t divide_up(std::int64_t value, std::int64_t step) { return checked_add(value, step - 1) / step; }

template <class Tag>
class Quantity {
public:
    using Rep = std::int64_t;

    constexpr Quantity() = default;
    explicit constexpr Quantity(Rep count) : count_{count} {}

    constexpr Rep count() const { return count_; }

    constexpr Quantity& operator+=(Quantity other) {
        count_ = checked_add(count_, other.count_);
        return *this;
    }
    constexpr Quantity& operator-=(Quantity other) {
        count_ = checked_sub(count_, other.count_);
        return *this;
    }

    friend constexpr Quantity operator+(Quantity a, Quantity b) { return a += b; }
    friend constexpr Quantity operator-(Quantity a, Quantity b) { return a -= b; }
    friend constexpr Quantity operator*(Quantity a, Rep n) { return Quantity{checked_mul(a.count_, n)}; }
    friend constexpr Quantity operator*(Rep n, Quantity a) { return a * n; }

    // Whole quotient and remainder; the divisor must not be zero.
    friend constexpr Quantity operator/(Quantity a, Rep n) { return Quantity{a.count_ / n}; }
    friend constexpr Rep operator/(Quantity a, Quantity b) { return a.count_ / b.count_; }

    // clang-tidy 14 takes the 0 that a defaulted comparison compares with for a null pointer.
    // NOLINTNEXTLINE(modernize-use-nullptr)
    friend constexpr auto operator<=>(Quantity, Quantity) = default;

private:
    Rep count_ = 0;
};

using Bytes = Quantity<struct BytesTag>;
using Tokens = Quantity<struct TokensTag>;
using Params = Quantity<struct ParamsTag>;
using Layers = Quantity<struct LayersTag>;

template <class Tag>
constexpr Quantity<Tag> round_up(Quantity<Tag> value, std::int64_t step) {
    return Quantity<Tag>{round_up(value.count(), step)};
}

inline constexpr Bytes operator""_B(unsigned long long n) { return Bytes{static_cast<std::int64_t>(n)}; }

inline constexpr Bytes KiB{std::int64_t{1} << 10};
inline constexpr Bytes MiB{std::int64_t{1} << 20};
inline constexpr Bytes GiB{std::int64_t{1} << 30};
inline constexpr Bytes GB{1'000'000'000};

}  // namespace fitcalc
