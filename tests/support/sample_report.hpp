// A small report, filled in by hand: what the renderers' tests render.
#pragma once

#include <array>

#include "report/fit_report.hpp"

namespace fitcalc {

inline const ModelRecord& sample_model() {
    static constexpr std::array<std::string_view, 2> ollama{"sample:8b", "sample:latest"};
    static constexpr std::array<std::string_view, 2> sources{"a config.json", "a model card"};
    static const ModelRecord record = [] {
        ModelRecord r;
        r.id = "sample-8b";
        r.name = "Sample 8B";
        r.architecture = "llama";
        r.license = "MIT";
        r.parameters_label = "8B";
        r.published_parameters = 8'000'000'000;
        r.ollama = ollama;
        r.sources = sources;
        return r;
    }();
    return record;
}

inline FitReport sample_report() {
    static const QuantRecord q4_k_m{"Q4_K_M", 4.8, "pages", "balanced, usual", 97.65, {}, {}, {}};
    FitReport report;
    report.model.record = &sample_model();
    report.model.parameters = Params{8'000'000'000};
    report.model.active_parameters = Params{8'000'000'000};
    report.model.layers = 32;
    report.model.attention = "GQA 32:8";
    report.model.context_length = Tokens{131'072};
    report.model.vocab_size = 128'256;
    report.settings.engine = "llama.cpp";
    report.settings.backend = "cuda";

    MemoryEstimate& e = report.estimate;
    e.weights = Bytes{4'900'000'000};
    e.weights_device = Bytes{4'600'000'000};
    e.weights_host = Bytes{300'000'000};
    e.kv_cache = Bytes{1'073'741'824};
    e.compute = Bytes{260'000'000};
    e.compute_host = Bytes{20'000'000};
    e.overhead = Bytes{340'000'000};
    e.total = Bytes{6'273'741'824};
    e.host = Bytes{320'000'000};
    e.file_size = Bytes{4'907'000'000};
    e.recommended = Bytes{7'600'000'000};
    e.error = Bytes{300'000'000};
    e.bits_per_weight = 4.9;
    e.error_percent = 4.78183;
    report.full_context = e;
    report.full_context.kv_cache = Bytes{17'179'869'184};
    report.full_context.total = Bytes{22'379'869'184};
    report.cache_bytes_per_token = Bytes{131'072};

    QuantRow large;
    large.type = FileType::q8_0;
    large.bits_per_weight = 8.5;
    large.weights = Bytes{8'500'000'000};
    large.file_size = Bytes{8'507'000'000};
    large.total = Bytes{9'800'000'000};
    large.total_full_context = Bytes{25'900'000'000};
    QuantRow usual;
    usual.record = &q4_k_m;
    usual.quality = Quality{97.65, 97.65, 97.65, true, {}};
    usual.bits_per_weight = e.bits_per_weight;
    usual.weights = e.weights;
    usual.file_size = e.file_size;
    usual.total = e.total;
    usual.total_full_context = report.full_context.total;
    usual.recommended = usual.asked = true;
    report.quants = {large, usual};
    report.recommendation = {FileType::q4_k_m, "the usual balance", {}};
    return report;
}

// The same asked about on a card of 8 GB.
inline FitReport sample_report_on_device() {
    FitReport report = sample_report();
    DeviceRow device;
    device.name = "8GB";
    device.memory = Bytes{8'589'934'592};
    device.usable = Bytes{8'100'000'000};
    device.required = report.estimate.total;
    device.headroom = device.usable - device.required;
    device.verdict = report.verdict = Verdict::great;
    device.max_context = Tokens{17'152};
    report.devices = {device};
    report.asked_set.groups = {{nullptr, device.name, 1, device.memory, device.usable, device.usable, {}, {}}};
    report.max_context = device.max_context;
    Placement placement;
    placement.gpu_layers = placement.layers = Layers{33};
    placement.tensor_split = {33};
    placement.devices = {{0, 31, true, report.estimate.weights_device, report.estimate.kv_cache, {}, report.estimate.compute,
                          report.estimate.overhead, device.required, device.headroom, report.estimate.error}};
    placement.host = {report.estimate.weights_host, {}, {}, report.estimate.compute_host, report.estimate.host, {}};
    placement.verdict = device.verdict;
    report.placement = std::move(placement);
    report.devices_asked = true;
    return report;
}

}  // namespace fitcalc
