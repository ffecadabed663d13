// What must hold for any model, setting and device.
#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <functional>

#include "fitcalc/architecture.hpp"
#include "fitcalc/estimate.hpp"
#include "fitcalc/placement.hpp"
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
    // Scratch may shrink a little with the context (where a tensor fits depends on the holes), the rest never does.
    check("a longer context never needs less cache", [] {
        const Estimator estimator = Estimator::create(spec_of(any_model()), Bytes{0}).value();
        const QuantizedModel quantized = estimator.quantize(any_type(), true);
        EngineSettings shorter = any_settings(), longer = shorter;
        longer.context += Tokens{*rc::gen::inRange(0, 50'000)};
        const auto a = estimator.estimate(quantized, estimator.context_costs(shorter).value(), overhead);
        const auto b = estimator.estimate(quantized, estimator.context_costs(longer).value(), overhead);
        RC_ASSERT(a.kv_cache <= b.kv_cache);
        RC_ASSERT(a.total - a.compute <= b.total - b.compute);
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
}

namespace {

struct Scene {
    Estimator estimator = Estimator::create(spec_of(any_model()), Bytes{0}).value();
    QuantizedModel quantized = estimator.quantize(any_type(), true);
    EngineSettings settings = any_settings();
    PlacementSolver solver{estimator, settings};

    // One to four devices that hold between a fifth of the weights and more than all of them, with or without host memory.
    PlacementLimits any_limits() const {
        PlacementLimits limits;
        const Bytes weights = quantized.weights.device();
        const std::int64_t count = *rc::gen::inRange(1, 5);
        for (std::int64_t i = 0; i < count; ++i)
            limits.devices.push_back({weights / *rc::gen::inRange(1, 6) + MiB * *rc::gen::inRange(600, 9'000), overhead});
        if (*rc::gen::arbitrary<bool>()) limits.host = weights / 4 * *rc::gen::inRange(1, 9) + GiB;
        // Some machines have one device, and its memory is the host's.
        if (limits.host && count == 1 && *rc::gen::inRange(0, 2) == 0) limits.devices.front().shares_host = true;
        return limits;
    }
    Placement place(const PlacementLimits& limits) { return solver.place(quantized, limits).value(); }
    bool fits(const PlacementLimits& limits) { return fitcalc::fits(place(limits).verdict); }
};

Bytes weights_of(const Placement& placement) {
    Bytes sum = placement.host.weights;
    for (const DevicePlacement& device : placement.devices) sum += device.weights;
    return sum;
}

Bytes cache_of(const Placement& placement) {
    Bytes sum = placement.host.kv_cache + placement.host.recurrent_state;
    for (const DevicePlacement& device : placement.devices) sum += device.kv_cache + device.recurrent_state;
    return sum;
}

}  // namespace

TEST_CASE("placement properties") {
    check("devices and host together hold what one device and the host would", [] {
        Scene scene;
        const PlacementLimits limits = scene.any_limits();
        const Placement placement = scene.place(limits);
        const Placement whole = scene.place({{{GiB * (1 << 20), overhead}}, {}, {}, {}, {}});
        RC_ASSERT(whole.all_on_devices());
        // Padding differs between the sides; rope factors and a tied embedding may be there twice.
        const Bytes padding = Bytes{4096} * static_cast<std::int64_t>(scene.estimator.inventory().tensors.size());
        const Bytes tied = scene.quantized.weights.output;
        RC_ASSERT(weights_of(placement) <= weights_of(whole) + padding);
        RC_ASSERT(weights_of(placement) + tied + padding >= weights_of(whole));
        RC_ASSERT(cache_of(placement) <= cache_of(whole));
        RC_ASSERT(cache_of(placement) + padding >= cache_of(whole));
        Bytes layers, shared;
        for (std::size_t i = 0; i < placement.devices.size(); ++i) {
            const DevicePlacement& d = placement.devices[i];
            RC_ASSERT(d.total == d.weights + d.kv_cache + d.recurrent_state + d.compute + d.overhead);
            RC_ASSERT(d.free == limits.devices[i].usable - d.total);
            layers += Bytes{d.layers() + (d.output ? 1 : 0)};
            if (limits.devices[i].shares_host) shared += d.total;
        }
        if (limits.host) RC_ASSERT(placement.host.free == *limits.host - placement.host.total - shared);
        RC_ASSERT(layers.count() == placement.gpu_layers.count());
        RC_ASSERT((placement.verdict == Verdict::no) == (placement.shortfall > Bytes{}));
    });
    check("more memory never turns a yes into a no", [] {
        Scene scene;
        PlacementLimits limits = scene.any_limits();
        if (!scene.fits(limits)) return;
        const auto more = MiB * *rc::gen::inRange(1, 30'000);
        const auto which = *rc::gen::inRange<std::size_t>(0, limits.devices.size() + 1);
        if (which < limits.devices.size()) limits.devices[which].usable += more;
        if (which < limits.devices.size() && limits.devices[which].shares_host) *limits.host += more;
        if (which == limits.devices.size())
            limits.host = limits.host.value_or(scene.quantized.weights.file + GiB * 64) + more;
        RC_ASSERT(scene.fits(limits));
    });
    check("the order of equal devices changes nothing", [] {
        Scene scene;
        const PlacementLimits limits = scene.any_limits();
        PlacementLimits equal = PlacementLimits::equal(limits.devices.front(), *rc::gen::inRange(1, 6));
        const Placement before = scene.place(equal);
        std::ranges::reverse(equal.devices);
        const Placement after = scene.place(equal);
        RC_ASSERT(before.verdict == after.verdict);
        RC_ASSERT(before.tensor_split == after.tensor_split);
        RC_ASSERT(before.shortfall == after.shortfall);
    });
    check("five different devices are placed on", [] {
        Scene scene;
        PlacementLimits limits;
        for (int i = 0; i < 5; ++i)
            limits.devices.push_back({GiB * *rc::gen::inRange(1, 80) + MiB * *rc::gen::inRange(1, 1000), overhead});
        if (*rc::gen::arbitrary<bool>()) limits.host = GiB * *rc::gen::inRange(1, 1000);
        RC_ASSERT(scene.place(limits).devices.size() == 5u);
    });
    check("forced values are kept", [] {
        Scene scene;
        PlacementLimits limits = scene.any_limits();
        const auto layers = static_cast<std::int64_t>(scene.estimator.model().layers.size());
        limits.gpu_layers = Layers{*rc::gen::inRange<std::int64_t>(0, layers + 3)};
        limits.cpu_moe_layers = Layers{*rc::gen::inRange<std::int64_t>(0, layers + 3)};
        limits.tensor_split.assign(limits.devices.size(), 1);
        limits.tensor_split.front() = 3;
        const Placement placement = scene.place(limits);
        RC_ASSERT(placement.gpu_layers == std::min(*limits.gpu_layers, Layers{layers + 1}));
        RC_ASSERT(placement.cpu_moe_layers == std::min(*limits.cpu_moe_layers, Layers{layers}));
        RC_ASSERT(placement.tensor_split == limits.tensor_split);
    });
    check("the largest context fits, and the next step does not", [] {
        Scene scene;
        const PlacementLimits limits = scene.any_limits();
        const auto most = scene.solver.max_context(scene.quantized, limits).value();
        const auto fits_at = [&](Tokens context) {
            return fits(scene.solver.place(scene.quantized, limits, context)->verdict);
        };
        if (most) RC_ASSERT(fits_at(*most));
        const Tokens next = most.value_or(Tokens{0}) + Tokens{256};
        if (next <= scene.estimator.model().context_length) RC_ASSERT(!fits_at(next));
    });
    check("the largest number of sequences fits, and one more does not", [] {
        Scene scene;
        const PlacementLimits limits = scene.any_limits();
        EngineSettings settings = scene.settings;
        settings.sequences = scene.solver.max_parallel(scene.quantized, limits).value();
        const auto fits_now = [&] {
            return fits(PlacementSolver{scene.estimator, settings}.place(scene.quantized, limits)->verdict);
        };
        if (settings.sequences > 0) RC_ASSERT(fits_now());
        if (++settings.sequences <= 256) RC_ASSERT(!fits_now());
    });
    check("the smallest count fits, and the one before does not", [] {
        Scene scene;
        const PlacementDevice device = scene.any_limits().devices.front();
        const std::array<std::int64_t, 8> counts{1, 2, 3, 4, 5, 6, 7, 8};
        const auto found = scene.solver.smallest_count(scene.quantized, device, counts).value();
        if (!fits(found.placement.verdict)) return;
        if (found.count > 1) RC_ASSERT(!scene.fits(PlacementLimits::equal(device, found.count - 1)));
    });
    check("the best quantization fits, and those wanted more do not", [] {
        Scene scene;
        const PlacementLimits limits = scene.any_limits();
        const std::array wanted{FileType::q8_0, FileType::q6_k, FileType::q4_k_m, FileType::q3_k_m, FileType::q2_k};
        const auto best = scene.solver.best_quantization(wanted, true, limits).value();
        for (const FileType type : wanted) {
            if (best && best->type == type) break;
            RC_ASSERT(!fits(scene.solver.place(scene.estimator.quantize(type, true), limits)->verdict));
        }
        if (best) RC_ASSERT(fits(scene.solver.place(*best, limits)->verdict));
    });
    check("the quick verdict is the placement's", [] {
        Scene scene;
        const PlacementLimits limits = scene.any_limits();
        RC_ASSERT(scene.solver.verdict(scene.quantized, limits).value() == scene.place(limits).verdict);
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
