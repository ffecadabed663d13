#include <limits>
#include <type_traits>

#include "fitcalc/quantity.hpp"
#include "support/catch.hpp"

using namespace fitcalc;

namespace {

template <class A, class B>
concept Addable = requires(A a, B b) { a + b; };
template <class A, class B>
concept Comparable = requires(A a, B b) { a < b; };

static_assert(!std::is_convertible_v<int, Bytes>, "Bytes b = 5 must not compile");
static_assert(!Addable<Bytes, Tokens>);
static_assert(!Addable<Bytes, int>);
static_assert(!Comparable<Bytes, Params>);
static_assert(Addable<Bytes, Bytes>);
static_assert(3 * Bytes{4} == Bytes{12});
static_assert(Bytes{7} / 2 == Bytes{3});
static_assert(Bytes{7} / Bytes{2} == 3);
static_assert(GB.count() == 1'000'000'000 && GiB.count() == 1'073'741'824);
static_assert(round_up(Bytes{1}, 32) == Bytes{32} && round_up(Bytes{64}, 32) == Bytes{64} && round_up(Bytes{0}, 32) == Bytes{0});

constexpr auto most = std::numeric_limits<std::int64_t>::max();

}  // namespace

TEST_CASE("arithmetic that leaves 64 bits throws") {
    CHECK_THROWS_AS(Bytes{most} + Bytes{1}, ArithmeticOverflow);
    CHECK_THROWS_AS(Bytes{-most} - Bytes{2}, ArithmeticOverflow);
    CHECK_THROWS_AS(Bytes{most} * 2, ArithmeticOverflow);
    CHECK_THROWS_AS(round_up(Bytes{most}, 32), ArithmeticOverflow);
    CHECK(Bytes{most} + Bytes{0} == Bytes{most});
}

TEST_CASE("differences may be negative") { CHECK((Bytes{1} - Bytes{3}).count() == -2); }
