// llama.cpp's own figures, from the compact copies under tests/reference/llamacpp.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fitcalc/dimensions.hpp"
#include "fitcalc/engine_settings.hpp"
#include "fitcalc/model_spec.hpp"
#include "fitcalc/quant_scheme.hpp"
#include "fitcalc/tensor.hpp"

namespace fitcalc::test {

struct ReferenceSetting {
    std::string device;  // "cpu", "gpu1", "gpu2"
    EngineSettings settings;
    Tokens total_context;
    Bytes kv;
    Bytes recurrent;
    std::vector<Bytes> compute_device;  // one per GPU; empty on the CPU
    Bytes compute_host;
};

// With an F16 cache, one sequence and logits for every token.
struct ReferencePlacement {
    std::string quant;
    bool importance_matrix = false;
    std::string device;  // "gpu1", "gpu1_half" (half of the layers), "gpu1_cpu_moe" (all routed experts on the host)
    Tokens context;
    Tokens ubatch;
    Bytes weights_device, weights_host;
    Bytes cache_device, cache;  // on the device and over all, recurrent state included
    Bytes compute_device, compute_host;
    std::int64_t splits = 0;  // stretches of the graph that run on one side
};

struct ReferenceModel {
    std::string id;
    std::string huggingface;
    std::string architecture;
    Dimensions dimensions;
    Params parameters;
    TensorInventory tensors;
    std::map<std::string, std::pair<Bytes, Bytes>> weights;  // by file type: without, with importance matrix
    Bytes f16_device, f16_host;                              // the F16 file with everything on one GPU
    std::vector<Bytes> f16_two_devices;
    std::vector<ReferencePlacement> placements;
    std::vector<ReferenceSetting> settings;
};

// A model whose number of parameters is known from elsewhere.
struct CountedModel {
    std::string repository;
    std::string architecture;
    Dimensions dimensions;
    Params parameters;
    Params left_out;  // parameters of the checkpoint that the conversion makes metadata or leaves out
};

const std::vector<CountedModel>& counted_models();

const std::vector<ReferenceModel>& reference_models();
const ReferenceModel& reference_model(const std::string& id);
ModelSpec spec_of(const ReferenceModel& model);

}  // namespace fitcalc::test
