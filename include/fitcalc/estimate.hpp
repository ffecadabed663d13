// The memory a model needs: weights, cache, compute buffers and the backend's overhead.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "fitcalc/cache.hpp"
#include "fitcalc/compute.hpp"
#include "fitcalc/engine.hpp"
#include "fitcalc/engine_settings.hpp"
#include "fitcalc/model_spec.hpp"
#include "fitcalc/quant_scheme.hpp"
#include "fitcalc/result.hpp"
#include "fitcalc/tensor.hpp"
#include "fitcalc/weights.hpp"

namespace fitcalc {

// What llama.cpp's own fitting leaves free on each device (common/common.h, fit_params_target).
inline constexpr Bytes llama_fit_margin = MiB * 1024;

// What a model needs with everything on one device. Field names as in the JSON answer.
struct MemoryEstimate {
    Bytes weights;         // all tensors of the file
    Bytes weights_device;  // what lies on the device
    Bytes weights_host;    // what stays in host memory: the input embedding
    Bytes kv_cache;
    Bytes recurrent_state;
    Bytes compute;       // scratch on the device
    Bytes compute_host;  // scratch in host memory
    Bytes overhead;      // the backend's own
    Bytes total;         // what the device must have free
    Bytes host;          // what remains in host memory
    Bytes file_size;
    Bytes recommended;   // total, its error band, and the free memory llama.cpp itself leaves
    Bytes error;         // half-width of the band of `total`
    double bits_per_weight = 0;  // for display
    double error_percent = 0;    // for display: error ÷ total
};

// A model at one quantization: the parts that don't depend on the settings.
struct QuantizedModel {
    FileType type = FileType::q4_k_m;
    WeightPlan weights;
    Bytes file_size;
    double bits_per_weight = 0;
    // Whether the mix is that with one; nullopt: the inventory's own types. Tells nothing of what of_size() made: what a
    // part of it takes in host memory is unknown.
    std::optional<bool> importance_matrix;
    Bytes uncertain{};  // half-width of the band around what lies on the devices; 0 where the tensors' types are known
};

// What the settings cost whatever the quantization: the cache by layer, and scratch with everything on one device.
struct ContextCosts {
    CachePlan cache;
    ComputeBuffers compute;
};

// One model under the microscope. Making it lays out the tensors; each question after that is cheap.
class Estimator {
public:
    // `metadata`: bytes of the GGUF's key-value section. Dimensions whose sizes don't fit 64 bits are an error.
    static Result<Estimator> create(ModelSpec model, Bytes metadata);
    // With the tensors of a file at hand, in the file's types, instead of those that the architecture would have.
    static Result<Estimator> create(ModelSpec model, TensorInventory inventory, Bytes metadata);

    const ModelSpec& model() const { return model_; }
    const TensorInventory& inventory() const { return inventory_; }

    Params parameters() const { return parameters_; }

    std::vector<GgmlType> types(FileType type, bool importance_matrix) const;
    QuantizedModel quantize(FileType type, bool importance_matrix) const;
    // The inventory in its own types: a file as it is. `type` is only carried along.
    QuantizedModel as_it_is(FileType type) const;
    std::vector<GgmlType> own_types() const;
    std::vector<GgmlType> types_of(const QuantizedModel& quantized) const;
    // A file of which only the size is known: of `mixes` the one nearest in size, each part stretched alike to fill it.
    // `q8_ends`: token embedding and output matrix are known to be Q8_0. Otherwise what is uncertain is how much of the
    // file is the token embedding, which stays in host memory (nothing where the output matrix is tied to it).
    QuantizedModel of_size(Bytes file_size, bool q8_ends, std::span<const QuantizedModel> mixes) const;

    Result<ContextCosts> context_costs(const EngineSettings& settings) const;

    // Everything on one device.
    MemoryEstimate estimate(const QuantizedModel& quantized, const ContextCosts& costs,
                            const BackendOverhead& overhead) const;

    // Half-width of the band around what one device needs. Weights and cache are exact; what is uncertain are the scratch
    // buffers, by family, and the backend's overhead.
    Bytes error_band(Bytes compute, const BackendOverhead& overhead) const;

private:
    Estimator(ModelSpec model, TensorInventory inventory, Bytes metadata);
    QuantizedModel in_types(FileType type, std::span<const GgmlType> types) const;
    QuantizedModel with_q8_ends(FileType type) const;
    Bytes token_embedding(GgmlType type) const;

    ModelSpec model_;
    TensorInventory inventory_;
    Params parameters_;
    QuantPlanner quant_planner_;
    WeightPlanner weight_planner_;
    Bytes file_header_;
};

// Settings that the engine itself refuses: a cache type that doesn't fit the heads, a quantized V without flash
// attention (llama.cpp de3ff81, src/llama-context.cpp, llama_init_from_model).
Result<void> check_settings(const ModelSpec& model, const EngineSettings& settings);

}  // namespace fitcalc
