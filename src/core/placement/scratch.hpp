// Compute buffers of a model whose layers lie on several devices, or partly in host memory.
#pragma once

#include <cstddef>
#include <vector>

#include "fitcalc/engine_settings.hpp"
#include "fitcalc/model_spec.hpp"
#include "fitcalc/quantity.hpp"
#include "fitcalc/result.hpp"
#include "layout.hpp"
#include "loaded_weights.hpp"

namespace fitcalc {

struct SplitBuffers {
    std::vector<Bytes> devices;
    Bytes host;
};

// Several devices work on different batches at once, with as many copies of the inputs, when everything is on them and
// no tensor is held back (llama.cpp de3ff81, src/llama-context.cpp, pipeline_parallel).
bool pipelined(const ModelSpec& model, const Layout& layout);

// `weights` are needed when some are in host memory: those copied to a device take room there. More devices than an
// engine process takes are an error. `stride`: as graph::simulate has it, 1 at first.
Result<SplitBuffers> split_buffers(const ModelSpec& model, const EngineSettings& settings, const Layout& layout,
                                   const LoadedWeights* weights, std::size_t& stride);

}  // namespace fitcalc
