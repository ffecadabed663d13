// What must hold for any model, setting and device.
#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <functional>

#include "fitcalc/architecture.hpp"
#include "fitcalc/estimate.hpp"
#include "fitcalc/fit.hpp"
#include "support/catch.hpp"
#include "support/reference.hpp"

using namespace fitcalc;
using namespace fitcalc::test;

namespace {

const BackendOverhead overhead{{MiB * 180, MiB * 160, MiB * 330}, {MiB * 140, MiB * 50, MiB * 300}};

const ReferenceModel& any_model() {
    const auto& models = reference_models();
    return models[*rc::gen::inRange<std::size_t>(0, models.size())];
}

FileType any_type() { return file_types()[*rc::gen::inRange<std::size_t>(0, file_types().size())].type; }

EngineSettings any_settings() {
    EngineSettings s;
    s.context = Tokens{*rc::gen::inRange(1, 200'000)};
    s.sequences = *rc::gen::element(1, 1, 2, 5);
    s.kv_unified = *rc::gen::arbitrary<bool>();
    s.flash_attention = *rc::gen::element(true, true, false);
    s.type_k = *rc::gen::element(GgmlType::f16, GgmlType::f32);
    s.type_v = s.type_k;
    s.ubatch = Tokens{*rc::gen::element(32, 512, 2048)};
    s.outputs = *rc::gen::element(Outputs::slots, Outputs::batch);
    return s;
}

// What lies in the file only: the engine skips next-token blocks.
Bytes skipped(const Estimator& estimator, FileType type, bool importance_matrix) {
    const TensorInventory& inventory = estimator.inventory();
    const auto types = estimator.types(type, importance_matrix);
    Bytes sum;
    for (std::size_t i = 0; i < types.size(); ++i) {
        const Tensor& tensor = inventory.tensors[i];
        if (tensor.layer && estimator.model().layers[static_cast<std::size_t>(*tensor.layer)].next_token)
            sum += tensor.bytes_as(types[i]);
    }
    return sum;
}

void check(const char* what, const std::function<void()>& property) {
    INFO(what);
    CHECK(rc::check(what, property));
}

}  // namespace

TEST_CASE("memory properties") {
    check("a longer context never needs less", [] {
        const Estimator estimator = Estimator::create(spec_of(any_model()), Bytes{0}).value();
        const QuantizedModel quantized = estimator.quantize(any_type(), true);
        EngineSettings shorter = any_settings(), longer = shorter;
        longer.context += Tokens{*rc::gen::inRange(0, 50'000)};
        const auto a = estimator.estimate(quantized, estimator.context_costs(shorter).value(), overhead);
        const auto b = estimator.estimate(quantized, estimator.context_costs(longer).value(), overhead);
        RC_ASSERT(a.kv_cache <= b.kv_cache);
        RC_ASSERT(a.total <= b.total);
    });
    check("the total is the sum of its parts, and host and device hold the whole file", [] {
        const ReferenceModel& model = any_model();
        const Estimator estimator = Estimator::create(spec_of(model), Bytes{0}).value();
        const FileType type = any_type();
        const bool importance_matrix = *rc::gen::arbitrary<bool>();
        const QuantizedModel quantized = estimator.quantize(type, importance_matrix);
        const auto e = estimator.estimate(quantized, estimator.context_costs(any_settings()).value(), overhead);
        RC_ASSERT(e.total == e.weights_device + e.kv_cache + e.recurrent_state + e.compute + e.overhead);
        RC_ASSERT(e.host == e.weights_host + e.compute_host);
        // Next-token blocks stay in the file.
        if (std::ranges::any_of(estimator.model().layers, &LayerSpec::next_token)) return;
        // A tied embedding lies on both sides.
        const Tensor* embedding = estimator.inventory().find("token_embd.weight");
        const auto at = static_cast<std::size_t>(embedding - estimator.inventory().tensors.data());
        const Bytes twice = estimator.inventory().tied()
                                ? embedding->bytes_as(estimator.types(type, importance_matrix)[at])
                                : Bytes{0};
        const Bytes loaded = e.weights - skipped(estimator, type, importance_matrix);
        const Bytes padding = e.weights_device + e.weights_host - loaded - twice;
        RC_ASSERT(padding >= Bytes{0});
        RC_ASSERT(padding <= Bytes{4096} * static_cast<std::int64_t>(estimator.inventory().tensors.size()));
        RC_ASSERT(e.file_size >= e.weights);
    });
    check("a split loses nothing: weights and cache add up over the devices", [] {
        const Estimator estimator = Estimator::create(spec_of(any_model()), Bytes{0}).value();
        const QuantizedModel quantized = estimator.quantize(any_type(), true);
        const ContextCosts costs = estimator.context_costs(any_settings()).value();
        const auto whole = estimator.estimate(quantized, costs, overhead);
        Bytes weights, cache;
        const std::vector<Bytes> scratch(*rc::gen::inRange<std::size_t>(1, 12));
        for (const auto& share : estimator.split(quantized, costs.cache, scratch, overhead)) {
            weights += share.weights;
            cache += share.kv_cache;
        }
        RC_ASSERT(weights == whole.weights_device);
        RC_ASSERT(cache == whole.kv_cache);
    });
    check("the largest context fits, and the next step does not", [] {
        const Estimator estimator = Estimator::create(spec_of(any_model()), Bytes{0}).value();
        const QuantizedModel quantized = estimator.quantize(any_type(), true);
        EngineSettings settings = any_settings();
        FitSolver solver{estimator, quantized, settings};
        const std::int64_t count = *rc::gen::inRange(1, 4);
        const Bytes weights = quantized.weights.device();
        const DeviceLimits limits{weights / count + MiB * *rc::gen::inRange(500, 20'000), overhead};
        const auto most = solver.max_context(count, limits).value();
        const auto fits_at = [&](Tokens context) {
            settings.context = context;
            return fits(FitSolver{estimator, quantized, settings}.on(count, limits)->verdict);
        };
        if (most) RC_ASSERT(fits_at(*most));
        const Tokens next = most.value_or(Tokens{0}) + Tokens{256};
        if (next <= estimator.model().context_length) RC_ASSERT(!fits_at(next));
    });
    check("the smallest count fits, and one fewer does not", [] {
        const Estimator estimator = Estimator::create(spec_of(any_model()), Bytes{0}).value();
        const QuantizedModel quantized = estimator.quantize(any_type(), true);
        FitSolver solver{estimator, quantized, any_settings()};
        const DeviceLimits limits{quantized.weights.device() / *rc::gen::inRange(1, 6) + MiB * *rc::gen::inRange(1, 9'000), overhead};
        const std::array<std::int64_t, 8> counts{1, 2, 3, 4, 5, 6, 7, 8};
        const auto fit = solver.smallest(limits, counts).value();
        if (!fits(fit.verdict)) return;
        RC_ASSERT(fit.required <= limits.usable);
        if (fit.count > 1) RC_ASSERT(!fits(solver.on(fit.count - 1, limits)->verdict));
    });
    check("more devices of the same size never make a fitting model unfit by its weights", [] {
        const Estimator estimator = Estimator::create(spec_of(any_model()), Bytes{0}).value();
        const QuantizedModel quantized = estimator.quantize(any_type(), true);
        const ContextCosts costs = estimator.context_costs(any_settings()).value();
        const auto largest = [&](std::size_t count) {
            Bytes most;
            for (const auto& share : estimator.split(quantized, costs.cache, std::vector<Bytes>(count), overhead))
                most = std::max(most, share.weights);
            return most;
        };
        const auto count = *rc::gen::inRange<std::size_t>(1, 6);
        RC_ASSERT(largest(2 * count) <= largest(count));
    });
}

TEST_CASE("verdicts follow the error band and llama.cpp's own margin") {
    const Bytes usable = GiB * 24, error = MiB * 300;
    CHECK(judge(usable - error - llama_fit_margin, error, usable) == Verdict::great);
    CHECK(judge(usable - error - llama_fit_margin + Bytes{1}, error, usable) == Verdict::good);
    CHECK(judge(usable - error, error, usable) == Verdict::good);
    CHECK(judge(usable - error + Bytes{1}, error, usable) == Verdict::tight);
    CHECK(judge(usable, error, usable) == Verdict::tight);
    CHECK(judge(usable + Bytes{1}, error, usable) == Verdict::no);
}
