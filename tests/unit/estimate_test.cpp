#include "fitcalc/architecture.hpp"
#include "fitcalc/estimate.hpp"
#include "support/catch.hpp"
#include "support/reference.hpp"

using namespace fitcalc;

TEST_CASE("the error band is that of the architecture's scratch and of the measured overhead") {
    constexpr Bytes compute{1'000'000};
    const BackendOverhead overhead{{Bytes{500}, Bytes{400}, Bytes{700}}, {Bytes{50}, Bytes{50}, Bytes{60}}};
    const test::ReferenceModel& reference = test::reference_model("llama-3.1-8b");
    const auto band = [&](std::string_view architecture) {
        ModelSpec spec = test::spec_of(reference);
        spec.architecture = architecture;
        return Estimator::create(spec, reference.tensors, Bytes{}).value().error_band(compute, overhead);
    };
    CHECK(overhead.spread() == Bytes{210});
    CHECK(band("llama") == Bytes{10'000 + 210});
    CHECK(band("mamba2") == Bytes{10'000 + 210});
    CHECK(band("one of which nothing is known") == Bytes{210});
}

TEST_CASE("rope_freqs lies with the first layer") {
    const test::ReferenceModel& reference = test::reference_model("llama-3.1-8b");
    const ModelSpec spec = test::spec_of(reference);
    const TensorInventory inventory = tensor_inventory(spec);
    REQUIRE(inventory.find("rope_freqs.weight"));
    const std::vector<GgmlType> types(inventory.tensors.size(), GgmlType::f16);
    const WeightPlan plan = WeightPlanner{spec, inventory}.plan(types);
    CHECK(plan.layers[0] == plan.layers[1] + Bytes{2 * 64});  // 64 factors
    CHECK(plan.layers[1] == plan.layers[2]);
}
