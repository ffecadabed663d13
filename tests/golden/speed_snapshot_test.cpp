// What one token costs in every architecture, and the time that it and a prompt take on devices made up for it: the
// coefficients of real ones are data, and change when they are fitted anew.
#include <fmt/format.h>

#include "fitcalc/estimate.hpp"
#include "fitcalc/speed.hpp"
#include "support/snapshot.hpp"

using namespace fitcalc;

namespace {

// A large and a small device. Every coefficient is another number, so that none can stand for another.
struct Devices {
    SpeedFamily family, plain;
    SpeedBackend backend;
    SpeedEngine engine;
    SpeedDevice large, small;

    Devices() {
        family.bandwidth = 0.81;
        family.launch = 7e-6;
        family.compute = 0.63;
        plain.bandwidth = 0.72;
        plain.launch = 11e-6;
        plain.compute = 0.41;
        backend.bandwidth = 0.97;
        backend.launch = 1.3;
        backend.compute = 0.87;
        backend.cache = 0.59;
        backend.cache_without_flash = 0.43;
        backend.attention = 0.37;
        backend.attention_without_flash = 0.29;
        backend.experts = 0.77;
        backend.expert_launch = 1.9;
        backend.recurrent_launch = 2.3;
        backend.hop = 31e-6;
        backend.pipeline = 0.67;
        backend.linked = 13e-6;
        backend.unlinked = 47e-6;
        backend.ramp = 53;
        backend.expert_ramp = 17;
        backend.reread = 0.61;
        backend.batch_launch = 3.1;
        for (std::size_t i = 0; i < kernel_kinds; ++i) {
            backend.decode[i] = 1.31 - 0.07 * static_cast<double>(i);
            backend.prefill[i] = 1.03 - 0.05 * static_cast<double>(i);
        }
        engine.bandwidth = 0.93;
        engine.launch = 1.1;
        engine.compute = 0.91;
        engine.experts = 0.83;
        large.bandwidth = 1e12;
        large.operations = 150e12;
        large.linked = true;
        large.family = &family;
        large.backend = &backend;
        large.engine = &engine;
        small = large;
        small.bandwidth = 3e11;
        small.operations = 40e12;
        small.linked = false;
        small.family = &plain;
    }
    Devices(const Devices&) = delete;  // points into itself
    Devices& operator=(const Devices&) = delete;
};

void add_kernels(std::string& text, std::string_view what, const ByKernel& values) {
    for (std::size_t i = 0; i < kernel_kinds; ++i)
        if (values[i] != 0) text += fmt::format(" {} {} {:.9g}", name_of(static_cast<KernelKind>(i)), what, values[i]);
}

void add_work(std::string& text, const TokenWork& work) {
    add_kernels(text, "read", work.dense_bytes);
    add_kernels(text, "of experts read", work.expert_bytes);
    add_kernels(text, "multiplied", work.dense_weights);
    add_kernels(text, "of experts multiplied", work.expert_weights);
    text += fmt::format("; experts {:.9g} x {:.9g}, state {:.9g}, layers {:g} {:g} {:g}\n   ", work.all_expert_bytes,
                        work.experts_per_token, work.state_bytes, work.layers, work.expert_layers, work.recurrent_layers);
    for (const CachedAttention& each : work.attention)
        text += fmt::format(" [{}] {:.9g} {:.9g}", each.window, each.cache_bytes, each.multiply_adds);
    text += fmt::format("; reads {:.9g} + {:.9g}\n", work.weight_bytes(), work.cache_bytes(5000));
}

void add_times(std::string& text, std::string_view what, std::span<const SpeedPart> parts, const SpeedSettings& settings) {
    const TokenTime token = token_time(parts, settings, 5000);
    text += fmt::format("    {}: {:.6g} {:.6g} {:.6g} {:.6g} {:.6g} |", what, token.weights, token.cache, token.launch,
                        token.transfer, token.host);
    for (const double tokens : {3.0, 700.0}) {
        const PromptTime prompt = prompt_time(parts.front(), settings, tokens, 100);
        text += fmt::format(" {:.6g} {:.6g} {:.6g} {:.6g} = {:.6g} |", prompt.compute, prompt.weights, prompt.attention,
                            prompt.launch, prompt.total());
    }
    text += fmt::format(" {:.6g}\n", prompt_seconds(parts, settings, 2000, 100).value());
}

void add_speed(std::string& text, const ModelSpec& model, FileType type, const EngineSettings& settings) {
    const Estimator estimator = Estimator::create(model, Bytes{}).value();
    const auto layers = token_work(model, estimator.inventory(), estimator.types(type, false), settings);
    const std::span all{layers};
    add_work(text, sum_of(all));
    const Devices devices;
    const SpeedPart whole{devices.large, sum_of(all)};
    SpeedSettings speed;
    add_times(text, "one", std::span{&whole, 1}, speed);
    speed.flash_attention = false;
    speed.ubatch = 256;
    const std::size_t half = layers.size() / 2;
    const std::vector<SpeedPart> halves{{devices.small, sum_of(all.first(half))}, {devices.large, sum_of(all.subspan(half))}};
    add_times(text, "two", halves, speed);
    speed.sharing = Sharing::tensors;
    add_times(text, "shared", std::vector<SpeedPart>(4, whole), speed);
    const SpeedPart unlinked{devices.small, sum_of(all)};
    add_times(text, "unlinked", std::vector<SpeedPart>(2, unlinked), speed);
    SpeedPart host{devices.small, sum_of(all.subspan(half))};
    host.device.host = true;
    add_times(text, "host", std::vector<SpeedPart>{{devices.large, sum_of(all.first(half))}, host}, {});
}

void add_model(std::string& text, const ModelSpec& model) {
    EngineSettings settings;
    add_speed(text, model, FileType::q4_k_m, settings);
    settings.type_k = GgmlType::q8_0;
    settings.swa_full = true;
    add_speed(text, model, FileType::f16, settings);
}

}  // namespace

TEST_CASE("work and speed of one model of every architecture", "[snapshot]") {
    test::check_snapshot("speed.txt", test::text_of_models(test::ModelsOf::both, add_model));
}
