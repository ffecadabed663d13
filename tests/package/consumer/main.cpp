// What a user of the installed library writes: no include path, no flag, no library but fitcalc::core.
// docs/library.md shows this file.
#include <fitcalc/architecture.hpp>
#include <fitcalc/estimate.hpp>
#include <fitcalc/placement.hpp>

#include <iostream>

int main() {
    using namespace fitcalc;

    Dimensions llama_3_1_8b;  // under the names of GGUF's metadata
    llama_3_1_8b.block_count = 32;
    llama_3_1_8b.context_length = 131072;
    llama_3_1_8b.embedding_length = 4096;
    llama_3_1_8b.vocab_size = 128256;
    llama_3_1_8b.feed_forward_length = PerLayer{14336};
    llama_3_1_8b.head_count = PerLayer{32};
    llama_3_1_8b.head_count_kv = PerLayer{8};
    llama_3_1_8b.rope_factors = true;

    const auto model = describe_model("llama", llama_3_1_8b);
    if (!model) {
        std::cerr << model.error().message << '\n';
        return 1;
    }
    const auto estimator = Estimator::create(*model, Bytes{});  // nothing known of the file's metadata
    const QuantizedModel quantized = estimator->quantize(FileType::q4_k_m, true);

    EngineSettings settings;
    settings.context = Tokens{32768};
    settings.type_k = settings.type_v = GgmlType::q8_0;
    const auto costs = estimator->context_costs(settings);
    const BackendOverhead overhead{{MiB * 170, MiB * 170, MiB * 330}, {MiB * 150, MiB * 50, MiB * 300}};  // typical, low, high
    const MemoryEstimate estimate = estimator->estimate(quantized, *costs, overhead);
    std::cout << "weights " << estimate.weights.count() << " bytes, in all " << estimate.total.count() << '\n';

    PlacementSolver solver{*estimator, settings};
    const PlacementLimits two_cards = PlacementLimits::equal({GiB * 8, overhead}, 2);
    const auto placement = solver.place(quantized, two_cards);
    std::cout << name_of(placement->verdict) << ", " << placement->devices[0].layers() << " layers on the first card\n";

    return estimate.weights == Bytes{4'912'898'304} && fits(placement->verdict) ? 0 : 1;
}
