// What callers of the library may get wrong is an error, not undefined.
#include <array>
#include <cmath>
#include <limits>

#include "fitcalc/architecture.hpp"
#include "fitcalc/catalog.hpp"
#include "fitcalc/compute.hpp"
#include "fitcalc/placement.hpp"
#include "support/catch.hpp"
#include "support/reference.hpp"

using namespace fitcalc;
using namespace fitcalc::test;

namespace {

const Estimator& small_model() {
    static const Estimator estimator = Estimator::create(spec_of(reference_model("llama-3.2-1b")), Bytes{}).value();
    return estimator;
}

const PlacementDevice card{GiB * 24, {}};

}  // namespace

TEST_CASE("shares of devices are numbers from 0 on whose 32-bit sum divides them") {
    PlacementSolver solver{small_model(), {}};
    const QuantizedModel quantized = small_model().quantize(FileType::q4_k_m, true);
    const auto split = [&](std::vector<double> shares) {
        PlacementLimits limits = PlacementLimits::equal(card, 2);
        limits.tensor_split = std::move(shares);
        return solver.place(quantized, limits);
    };
    constexpr double infinite = std::numeric_limits<double>::infinity();
    for (const auto& shares : std::vector<std::vector<double>>{
             {-1, 3}, {std::nan(""), 0}, {std::nan(""), 1}, {infinite, 1}, {1e300, 1}, {1e-50, 1e-50}, {3e38, 3e38}}) {
        const auto refused = split(shares);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().kind == ErrorKind::usage);
    }
    CHECK(split({1e-40, 3e-40}).value().devices[0].layers() > 0);
    CHECK(split({3e38, 1}).value().devices[1].layers() == 0);
    CHECK(split({1e-50, 1}).value().devices[0].layers() == 0);
    CHECK(split({0, 0}).value().default_split);  // as llama.cpp takes them
}

TEST_CASE("a search over numbers of devices needs one") {
    PlacementSolver solver{small_model(), {}};
    const QuantizedModel quantized = small_model().quantize(FileType::q4_k_m, true);
    CHECK(solver.smallest_count(quantized, card, {}).error().kind == ErrorKind::usage);
    for (const std::int64_t count : {0, -1}) {
        CHECK(solver.least_required(quantized, count).error().kind == ErrorKind::usage);
        CHECK(solver.smallest_count(quantized, card, std::array{count}).error().kind == ErrorKind::usage);
    }
    CHECK(solver.least_required(quantized, 1));
}

TEST_CASE("a model without layers has no estimate") {
    ModelSpec spec = spec_of(reference_model("llama-3.2-1b"));
    spec.layers.clear();
    const auto refused = Estimator::create(spec, Bytes{});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message == "the model has no layers");
}

TEST_CASE("rows that do not fill a type's blocks") {
    Dimensions dimensions = reference_model("llama-3.2-1b").dimensions;
    dimensions.embedding_length = 2049;
    dimensions.key_length = dimensions.value_length = 64;
    const Estimator odd = Estimator::create(describe_model("llama", dimensions).value(), Bytes{}).value();
    const std::vector<QuantizedModel> mixes{odd.quantize(FileType::q4_k_m, true), odd.quantize(FileType::f16, true)};
    CHECK(odd.quantize(FileType::q8_0, true).file_size > mixes.front().file_size);
    CHECK(odd.of_size(GiB, true, mixes).file_size == GiB);  // whose embedding would be Q8_0
    // Experts can't have been released in a type that they don't fill.
    const ModelRecord* gpt_oss = Catalog{}.find_model("gpt-oss-20b")->record;
    Dimensions experts = gpt_oss->dimensions();
    CHECK(Estimator::create(describe_model("gpt-oss", experts).value(), Bytes{}));
    experts.expert_feed_forward_length = 2881;
    const auto refused = Estimator::create(describe_model("gpt-oss", experts).value(), Bytes{});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::bad_data);
    CHECK(refused.error().message == "tensor blk.0.ffn_down_exps.weight has rows of 2881 values, which do not fill blocks of mxfp4");
}

TEST_CASE("a layer that uses none of its experts, or has them in no groups, has no graph") {
    Dimensions dimensions = reference_model("llama-3.2-1b").dimensions;
    dimensions.expert_count = 8;
    dimensions.expert_used_count = 2;
    ModelSpec spec = describe_model("grok", dimensions).value();
    CHECK(compute_buffers(spec, {}));
    auto& experts = std::get<ExpertFeedForward>(spec.layers.back().feed_forward);
    experts.groups = 0;
    CHECK(compute_buffers(spec, {}).error().kind == ErrorKind::bad_data);
    experts.groups = 1;
    experts.used = 0;
    CHECK(compute_buffers(spec, {}).error().kind == ErrorKind::bad_data);
}

TEST_CASE("a quantized V cache is refused where the engine turns flash attention off by itself") {
    Dimensions dimensions = reference_model("llama-3.2-1b").dimensions;
    dimensions.expert_count = 8;
    dimensions.expert_used_count = 2;
    const ModelSpec grok = describe_model("grok", dimensions).value();
    EngineSettings settings;
    CHECK(uses_flash_attention(spec_of(reference_model("llama-3.2-1b")), settings));
    CHECK_FALSE(uses_flash_attention(grok, settings));
    CHECK(compute_buffers(grok, settings));
    settings.type_k = GgmlType::q8_0;
    CHECK(check_settings(grok, settings));
    settings.type_v = GgmlType::q8_0;
    const auto refused = check_settings(grok, settings);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::usage);
    CHECK(refused.error().hint == "llama.cpp turns it off for this architecture: use --kv-type-v f16");
    CHECK(compute_buffers(grok, settings).error().kind == ErrorKind::usage);
}
