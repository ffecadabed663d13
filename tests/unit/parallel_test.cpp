#include "report/parallel.hpp"

#include <stdexcept>
#include <vector>

#include "support/catch.hpp"

using namespace fitcalc;

TEST_CASE("every index is worked on once, however many threads there are", "[report]") {
    for (const std::size_t count : {std::size_t{0}, std::size_t{1}, std::size_t{15}, std::size_t{1000}}) {
        std::vector<int> calls(count);
        for_each_index(count, [&](std::size_t i) { ++calls[i]; });
        CHECK(calls == std::vector<int>(count, 1));
    }
}

TEST_CASE("an exception of one index reaches the caller", "[report]") {
    const auto work = [](std::size_t i) {
        if (i == 3) throw std::runtime_error{"the third"};
    };
    CHECK_THROWS_WITH(for_each_index(1000, work), "the third");
}
