// How fast the core answers: cmake --preset bench, build, build/bench/bench/fitcalc_bench. See README.md.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <iostream>

#include "fitcalc/architecture.hpp"
#include "fitcalc/catalog.hpp"
#include "fitcalc/compute.hpp"
#include "fitcalc/estimate.hpp"
#include "fitcalc/placement.hpp"
#include "gguf_bytes.hpp"
#include "importers/gguf.hpp"
#include "report/models_report.hpp"

namespace {

using namespace fitcalc;

// A failure here is a mistake of the benchmark.
template <class T>
T must(Result<T> result) {
    if (!result) {
        std::cerr << result.error().message << '\n';
        std::exit(1);
    }
    return std::move(*result);
}

const Catalog& catalog() {
    static const Catalog built_in;
    return built_in;
}

ModelSpec spec_of(const char* name) {
    const ModelRecord& record = *must(catalog().find_model(name)).record;
    return must(describe_model(record.architecture, record.dimensions()));
}

Estimator estimator_of(const char* name) { return must(Estimator::create(spec_of(name), Bytes{})); }

const BackendRecord& cuda() { return *must(catalog().find_engine("llama.cpp"))->backend("cuda"); }

// From dimensions to the answer: tensors, types, cache, scratch, sum.
void estimate_from_dimensions(benchmark::State& state, const char* name) {
    const ModelRecord& record = *must(catalog().find_model(name)).record;
    const BackendOverhead overhead = cuda().overhead(cuda());
    for (auto _ : state) {
        const auto estimator = must(Estimator::create(must(describe_model(record.architecture, record.dimensions())), Bytes{}));
        const auto costs = must(estimator.context_costs(EngineSettings{}));
        benchmark::DoNotOptimize(estimator.estimate(estimator.quantize(FileType::q4_k_m, true), costs, overhead));
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK_CAPTURE(estimate_from_dimensions, llama_8b, "llama-3.1-8b");
BENCHMARK_CAPTURE(estimate_from_dimensions, deepseek_r1, "deepseek-r1-0528");
BENCHMARK_CAPTURE(estimate_from_dimensions, qwen3_next, "qwen3-next-80b-a3b-instruct");

// Another quantization of a model that is laid out already, with the settings' costs known.
void estimate_again(benchmark::State& state) {
    const Estimator estimator = estimator_of("llama-3.1-8b");
    const auto costs = must(estimator.context_costs(EngineSettings{}));
    const QuantizedModel quantized = estimator.quantize(FileType::q4_k_m, true);
    const BackendOverhead overhead = cuda().overhead(cuda());
    for (auto _ : state) benchmark::DoNotOptimize(estimator.estimate(quantized, costs, overhead));
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(estimate_again);

void quantize(benchmark::State& state, const char* name) {
    const Estimator estimator = estimator_of(name);
    for (auto _ : state) benchmark::DoNotOptimize(estimator.quantize(FileType::q4_k_m, true));
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK_CAPTURE(quantize, llama_8b, "llama-3.1-8b");
BENCHMARK_CAPTURE(quantize, deepseek_r1, "deepseek-r1-0528");

// The engine's graph laid out and its allocator played through.
void graph(benchmark::State& state, const char* name) {
    const ModelSpec spec = spec_of(name);
    for (auto _ : state) benchmark::DoNotOptimize(compute_buffers(spec, EngineSettings{}));
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK_CAPTURE(graph, llama_8b, "llama-3.1-8b");
BENCHMARK_CAPTURE(graph, deepseek_r1, "deepseek-r1-0528");
BENCHMARK_CAPTURE(graph, qwen3_next, "qwen3-next-80b-a3b-instruct");

PlacementLimits devices(std::int64_t count, std::optional<Bytes> host) {
    PlacementLimits limits = PlacementLimits::equal({GiB * 24, cuda().overhead(cuda())}, count);
    limits.host = host;
    return limits;
}

// Where every layer goes, nothing remembered.
void place(benchmark::State& state, const char* name, std::int64_t count, std::optional<Bytes> host) {
    const Estimator estimator = estimator_of(name);
    const QuantizedModel quantized = estimator.quantize(FileType::q4_k_m, true);
    const PlacementLimits limits = devices(count, host);
    for (auto _ : state) {
        PlacementSolver solver{estimator, EngineSettings{}};
        benchmark::DoNotOptimize(solver.place(quantized, limits));
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK_CAPTURE(place, whole_on_one_device, "llama-3.1-8b", 1, std::nullopt);
BENCHMARK_CAPTURE(place, split_over_four, "llama-3.1-70b", 4, std::nullopt);
BENCHMARK_CAPTURE(place, layers_in_ram, "llama-3.1-70b", 1, GiB * 64);
BENCHMARK_CAPTURE(place, experts_in_ram, "deepseek-r1-0528", 1, GiB * 512);

void largest_context(benchmark::State& state) {
    const Estimator estimator = estimator_of("qwen3-32b");
    const QuantizedModel quantized = estimator.quantize(FileType::q4_k_m, true);
    const PlacementLimits limits = devices(1, std::nullopt);
    for (auto _ : state) {
        PlacementSolver solver{estimator, EngineSettings{}};
        benchmark::DoNotOptimize(solver.max_context(quantized, limits));
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(largest_context);

// `fitcalc models`: every model of the catalog at its best quantization, with its largest context.
void whole_catalog(benchmark::State& state) {
    ModelsRequest request;
    FitRequest& question = request.question;
    question.catalog = &catalog();
    question.engine = must(catalog().find_engine("llama.cpp"));
    const DeviceRecord& device = *must(catalog().find_device("rtx-4090")).record;
    const Bytes usable = usable_memory(device, *question.engine, {});
    question.devices.groups.push_back({.record = &device,
                                       .name = std::string(device.id),
                                       .memory = Bytes{*device.memory_bytes},
                                       .usable = usable,
                                       .unreserved = usable,
                                       .machine = {},
                                       .backend = {}});
    for (auto _ : state) {
        const auto report = must(build_models_report(request));
        benchmark::DoNotOptimize(report.models.size());
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(catalog().models().size()));
}
BENCHMARK(whole_catalog)->Unit(benchmark::kMillisecond);

// A header as of an 8B model: 150,000 words of vocabulary, 400 tensors.
std::string gguf_header() {
    constexpr std::uint64_t words = 150'000, tensors = 400, width = 4096;
    std::string out = "GGUF";
    put<std::uint32_t>(out, 3);
    put(out, tensors);
    put<std::uint64_t>(out, 3);
    put_text(out, "general.architecture");
    put<std::uint32_t>(out, 8);
    put_text(out, "llama");
    put_text(out, "llama.block_count");
    put<std::uint32_t>(out, 4);
    put<std::uint32_t>(out, 32);
    put_text(out, "tokenizer.ggml.tokens");
    put<std::uint32_t>(out, 9);
    put<std::uint32_t>(out, 8);
    put(out, words);
    for (std::uint64_t i = 0; i < words; ++i) put_text(out, "token" + std::to_string(i));
    for (std::uint64_t i = 0; i < tensors; ++i) {
        put_text(out, "blk." + std::to_string(i / 12) + ".tensor" + std::to_string(i % 12) + ".weight");
        put<std::uint32_t>(out, 2);
        put(out, width);
        put(out, width);
        put<std::uint32_t>(out, 1);  // f16
        put(out, i * width * width * 2);
    }
    return out;
}

void gguf(benchmark::State& state) {
    const std::string header = gguf_header();
    const MemorySource source{header, std::uint64_t{16} << 30};
    for (auto _ : state) benchmark::DoNotOptimize(must(read_gguf(source, "bench")).inventory.tensors.size());
    state.SetItemsProcessed(state.iterations());
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(header.size()));
}
BENCHMARK(gguf);

}  // namespace

BENCHMARK_MAIN();
