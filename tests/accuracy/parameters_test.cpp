// Numbers of parameters against published ones: the check of tensor lists for which no measured file is at hand.
#include <cstdio>

#include "fitcalc/architecture.hpp"
#include "support/catch.hpp"
#include "support/reference.hpp"

using namespace fitcalc;
using namespace fitcalc::test;

TEST_CASE("tensors hold as many parameters as the published models") {
    std::printf("%-44s %-14s %16s %16s\n", "parameters", "architecture", "published", "from tensors");
    for (const CountedModel& counted : counted_models()) {
        INFO(counted.repository);
        const auto model = describe_model(counted.architecture, counted.dimensions);
        REQUIRE(model);
        const Params all = tensor_inventory(*model).params() + counted.left_out;
        std::printf("  %-42s %-14s %16lld %16lld\n", counted.repository.c_str(), counted.architecture.c_str(),
                    static_cast<long long>(counted.parameters.count()), static_cast<long long>(all.count()));
        CHECK(all.count() == counted.parameters.count());
    }
}
