// Scratch ("compute") buffers: the peak of the tensors alive while the engine's graph runs one physical batch
// with a full cache. Found by building the graph's nodes and replaying the allocator's own algorithm on them
// (llama.cpp de3ff81, ggml/src/ggml-alloc.c and ggml-backend.cpp). Equal layers are left out only where the
// allocator is back in the state that it was in before them, so the result is that of the whole graph.
#pragma once

#include <cstdint>

#include "fitcalc/engine_settings.hpp"
#include "fitcalc/model_spec.hpp"
#include "fitcalc/quantity.hpp"
#include "fitcalc/result.hpp"

namespace fitcalc {

// Devices of one engine process: llama.cpp's scheduler has 16 backends, one of which is the CPU
// (llama.cpp de3ff81, ggml/src/ggml-backend.cpp, GGML_SCHED_MAX_BACKENDS).
inline constexpr std::int64_t most_devices = 15;

struct ComputeBuffers {
    Bytes device;  // on the GPU; 0 when the CPU runs everything
    Bytes host;    // in host memory
};

// Everything on one GPU, or everything on the CPU (settings.device). Settings that the engine refuses are an error.
Result<ComputeBuffers> compute_buffers(const ModelSpec& model, const EngineSettings& settings);

}  // namespace fitcalc
