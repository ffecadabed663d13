// Finds a placement under given settings; remembers what questions share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "fitcalc/placement.hpp"
#include "layout.hpp"
#include "ledger.hpp"
#include "loaded_weights.hpp"
#include "scratch.hpp"

namespace fitcalc {

class Placer {
public:
    explicit Placer(const Estimator& estimator) : estimator_{&estimator} {}

    const Estimator& estimator() const { return *estimator_; }

    void remember(const EngineSettings& settings, const ContextCosts& costs);
    Result<Placement> place(const QuantizedModel& quantized, const PlacementLimits& limits,
                            const EngineSettings& settings);
    Result<Verdict> verdict(const QuantizedModel& quantized, const PlacementLimits& limits,
                            const EngineSettings& settings);
    // Whether the verdict is `worst` or better. `spare`: what is left, or missing where negative, on the fullest device
    // until the verdict changes; nullopt where it does not grow evenly with what is needed.
    struct Outlook {
        bool fits = false;
        std::optional<Bytes> spare;
    };
    Result<Outlook> outlook(const QuantizedModel& quantized, const PlacementLimits& limits,
                            const EngineSettings& settings, Verdict worst);
    Result<Bytes> least_required(const QuantizedModel& quantized, std::int64_t count, const EngineSettings& settings);

private:
    // The settings that differ between questions.
    using Moment = std::tuple<Tokens, std::int64_t, GraphDevice>;  // context, sequences, what computes
    using Mix = std::pair<FileType, std::optional<bool>>;          // types of the weights
    // A quantization matters where weights are copied.
    using ScratchKey = std::tuple<Moment, Layout, std::optional<Mix>>;

    // One question: what is placed, where, and how the engine is started.
    struct Question {
        const QuantizedModel& quantized;
        const PlacementLimits& limits;
        const EngineSettings& settings;
    };

    // How much of the model is meant for devices.
    struct Share {
        std::int64_t gpu_layers = 0;
        std::int64_t cpu_moe_layers = 0;
    };

    // What is to be left free on a device: room for the upper end of its error band, or nothing.
    enum class Margin { whole_band, none };

    static Moment moment(const EngineSettings& settings) {
        return {settings.context, settings.sequences, settings.device};
    }
    static Mix mix(const QuantizedModel& quantized) { return {quantized.type, quantized.importance_matrix}; }
    std::int64_t parts() const { return static_cast<std::int64_t>(estimator_->model().layers.size()) + 1; }
    bool all_on_devices(const Layout& layout) const {
        return layout.gpu_layers() == parts() && layout.cpu_moe_layers == 0;
    }

    Result<const CachePlan*> cache(const EngineSettings& settings);
    const LoadedWeights& loaded(const QuantizedModel& quantized);
    Result<Goods> goods(const Question& question, const Layout& layout);
    Result<const SplitBuffers*> scratch(const Question& question, const Layout& layout);

    Result<Placement> laid_out(const Question& question, const Layout& layout);
    Result<Layout> evenly(const Question& question, Layout layout);
    Result<Placement> best_split(const Question& question, const Share& share);
    // What weights and cache leave for scratch buffers, over all devices.
    Result<Bytes> room_for_scratch(const Question& question, const Share& share);
    Result<std::optional<Placement>> if_devices_hold(const Question& question, const Share& share, Margin margin);
    Result<std::optional<Placement>> first_held(const Question& question, const std::vector<Share>& shares);
    Share forced_share(const PlacementLimits& limits) const;
    std::vector<Share> without_experts(const PlacementLimits& limits) const;
    std::vector<Share> without_layers(const PlacementLimits& limits) const;
    Result<Bytes> missing(const Question& question);
    Result<Verdict> quick_verdict(const Question& question);
    Result<Placement> solved(const Question& question);
    Result<Placement> on_the_host(const Question& question);

    const Estimator* estimator_;
    std::map<Moment, CachePlan> caches_;
    std::map<Mix, LoadedWeights> loaded_;
    std::map<ScratchKey, SplitBuffers> scratch_;
    std::size_t stride_ = 1;  // of the graph's layers, found with the last buffers
};

}  // namespace fitcalc
