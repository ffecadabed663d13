// Where each layer of a model goes, and what is left on every device and in host memory.
//
// llama.cpp deals layers out whole: the last `gpu_layers` of all blocks and the output stage, which counts as one more
// layer behind them, go to the devices in order; the first ones stay in host memory with their cache. Routed experts of
// the first `cpu_moe_layers` may stay there although their layer is on a device. The input embedding always stays.
// Source: llama.cpp de3ff81, src/llama-model.cpp (load_tensors), common/arg.cpp (--n-cpu-moe).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "fitcalc/engine.hpp"
#include "fitcalc/estimate.hpp"
#include "fitcalc/fit.hpp"
#include "fitcalc/quantity.hpp"
#include "fitcalc/result.hpp"

namespace fitcalc {

// What one device offers: memory that may be used, and what its backend takes of it.
struct PlacementDevice {
    Bytes usable;
    BackendOverhead overhead;
    bool shares_host = false;  // its memory is a part of the host's: what either takes, the other has not
};

// The memory there is, and what of the placement is not left to the solver.
struct PlacementLimits {
    std::vector<PlacementDevice> devices;  // in the order in which the engine sees them; none: the CPU alone
    std::optional<Bytes> host;             // --ram; without it nothing is moved to host memory
    std::optional<Layers> gpu_layers;      // -ngl: the output stage counts as a layer; more than there are: all
    std::optional<Layers> cpu_moe_layers;  // --n-cpu-moe; more than there are: all
    std::vector<double> tensor_split;      // --tensor-split, a share for each device; empty: solved

    // `count` equal devices.
    static PlacementLimits equal(const PlacementDevice& device, std::int64_t count);
};

// What one device holds. Field names as in the JSON answer.
struct DevicePlacement {
    std::int64_t first_layer = 0;
    std::int64_t last_layer = -1;  // below first_layer: no layer
    bool output = false;           // the output stage
    Bytes weights, kv_cache, recurrent_state, compute, overhead, total;
    Bytes free;   // usable - total; negative where that much is missing
    Bytes error;  // half-width of the band of `total`

    std::int64_t layers() const { return last_layer - first_layer + 1; }
};

struct HostPlacement {
    Bytes weights, kv_cache, recurrent_state, compute, total;
    std::optional<Bytes> free;  // of --ram, less what devices that share it take; negative where that much is missing
};

struct Placement {
    Layers gpu_layers;      // as -ngl counts: the output stage is one of them
    Layers layers;          // all there are, counted likewise
    Layers cpu_moe_layers;  // the first so many layers' routed experts are in host memory, of those that have any
    Layers host_expert_layers;  // layers on devices whose routed experts are there
    std::vector<double> tensor_split;  // shares that give this placement; empty without devices
    bool default_split = true;         // free memory alone gives it: the engine needs no --tensor-split
    bool pipeline = false;             // several copies of the inputs, so that devices work on different batches at once
    std::vector<DevicePlacement> devices;
    HostPlacement host;
    Verdict verdict = Verdict::no;
    Bytes shortfall;  // missing over all devices and host memory; 0 when it fits

    bool all_on_devices() const { return gpu_layers == layers && host_expert_layers == Layers{}; }
    // The device with the least to spare; there must be one.
    const DevicePlacement& fullest() const;
    Bytes device_total() const;
};

// A number of equal devices and the placement there.
struct CountedPlacement {
    std::int64_t count = 0;
    Placement placement;
};

// Answers many fit questions about one model with the same settings; remembers caches and scratch buffers, which don't
// depend on the quantization while all weights are on devices. Not for several threads at once.
class PlacementSolver {
public:
    PlacementSolver(const Estimator& estimator, EngineSettings settings);
    ~PlacementSolver();
    PlacementSolver(PlacementSolver&&) noexcept;
    PlacementSolver& operator=(PlacementSolver&&) noexcept;

    const EngineSettings& settings() const;

    // Costs that the caller has found already, at this context, with everything on one device.
    void remember(Tokens context, const ContextCosts& costs);

    // What is forced is kept, the rest is solved: everything on devices if that fits; otherwise, given host memory,
    // routed experts go there layer by layer from the first one, then whole layers. When nothing fits, the placement
    // that misses least. More devices than an engine process takes are an error.
    Result<Placement> place(const QuantizedModel& quantized, const PlacementLimits& limits);

    // The same at another context per sequence.
    Result<Placement> place(const QuantizedModel& quantized, const PlacementLimits& limits, Tokens context);

    // place()'s verdict alone, without the scratch buffers where weights and cache already tell.
    Result<Verdict> verdict(const QuantizedModel& quantized, const PlacementLimits& limits);

    // The largest context per sequence, in steps of 256 up to the model's own, with a verdict of `worst` or better;
    // nullopt where there is none.
    Result<std::optional<Tokens>> max_context(const QuantizedModel& quantized, const PlacementLimits& limits,
                                              Verdict worst = Verdict::offload);

    // The largest number of sequences, up to the engine's 256, likewise; 0 where not even one fits.
    Result<std::int64_t> max_parallel(const QuantizedModel& quantized, const PlacementLimits& limits,
                                      Verdict worst = Verdict::offload);

    // The first of these, the most wanted one first, with a verdict of `worst` or better; nullopt where there is none.
    Result<std::optional<QuantizedModel>> best_quantization(std::span<const FileType> wanted, bool importance_matrix,
                                                            const PlacementLimits& limits,
                                                            Verdict worst = Verdict::offload);

    // The first of `counts`, which rise, of equal devices with a verdict of `worst` or better; where there is none, the
    // last one tried. Host memory is left out of it. No counts are an error.
    Result<CountedPlacement> smallest_count(const QuantizedModel& quantized, const PlacementDevice& device,
                                            std::span<const std::int64_t> counts, Verdict worst = Verdict::tight);

    // Weights and cache on the fullest of `count` equal devices at best: what is needed at the very least, without
    // scratch buffers and overhead, and quick to tell.
    Result<Bytes> least_required(const QuantizedModel& quantized, std::int64_t count);

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace fitcalc
