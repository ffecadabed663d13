#include "layer_runs.hpp"

namespace fitcalc::graph {
namespace {

// Sliding windows and linear attention come in patterns of up to eight layers.
constexpr std::size_t longest_period = 8;

}  // namespace

std::vector<LayerRun> layer_runs(const ModelSpec& model, std::span<const std::size_t> layers,
                                 std::span<const LayerPlace> places) {
    const auto equal = [&](std::size_t a, std::size_t b) {
        return places[layers[a]] == places[layers[b]] && model.layers[layers[a]] == model.layers[layers[b]];
    };
    std::vector<LayerRun> runs;
    for (std::size_t at = 0; at < layers.size(); at += runs.back().length()) {
        LayerRun longest{at, 1, 1};
        for (std::size_t period = 1; period <= longest_period && at + 2 * period <= layers.size(); ++period) {
            std::size_t end = at + period;
            while (end < layers.size() && equal(end, end - period)) ++end;
            const LayerRun run{at, period, (end - at) / period};
            if (run.times > 1 && run.length() > longest.length()) longest = run;
            if (end == layers.size()) break;  // no longer period can do better
        }
        runs.push_back(longest);
    }
    return runs;
}

}  // namespace fitcalc::graph
