#include "fitcalc/ranking.hpp"

#include "support/catch.hpp"

using namespace fitcalc;

TEST_CASE("models measured on the same benchmarks keep the order of their scores", "[ranking]") {
    const Observation scores[] = {{0, 0, 70}, {0, 1, 40}, {1, 0, 80}, {1, 1, 55}, {2, 0, 60}, {2, 1, 30}};
    const auto expected = expected_percent(scores, 3, 2);
    CHECK(*expected[1] > *expected[0]);
    CHECK(*expected[0] > *expected[2]);
    // Near the plain mean, for there is nothing to make up for.
    CHECK(std::abs(*expected[0] - 55) < 3);
}

TEST_CASE("an easy benchmark does not make a model better", "[ranking]") {
    // Model 2 is known by the easy benchmark alone and model 3 by the hard one; each is like model 0 there.
    const Observation scores[] = {{0, 0, 90}, {0, 1, 30}, {1, 0, 95}, {1, 1, 45}, {2, 0, 90}, {3, 1, 30}, {4, 1, 45}};
    const auto expected = expected_percent(scores, 5, 2);
    CHECK(std::abs(*expected[2] - *expected[3]) < 4);
    CHECK(*expected[4] > *expected[2]);
    CHECK(*expected[1] > *expected[2]);
}

TEST_CASE("without evidence there is no figure", "[ranking]") {
    CHECK(expected_percent({}, 2, 1) == std::vector<std::optional<double>>(2));
    const Observation scores[] = {{0, 0, 50}, {1, 0, 60}, {3, 1, 99}};
    const auto expected = expected_percent(scores, 4, 2);
    CHECK(expected[0]);
    CHECK(expected[1]);
    CHECK_FALSE(expected[2]);  // not measured
    CHECK_FALSE(expected[3]);  // measured on what no other model was
}

TEST_CASE("full marks are finite", "[ranking]") {
    const Observation scores[] = {{0, 0, 100}, {1, 0, 0}};
    const auto expected = expected_percent(scores, 2, 1);
    CHECK(*expected[0] > *expected[1]);
    CHECK(*expected[0] <= 100);
    CHECK(*expected[1] >= 0);
}
