// The KV cache and the recurrent state, layer by layer.
#pragma once

#include <vector>

#include "fitcalc/engine_settings.hpp"
#include "fitcalc/model_spec.hpp"
#include "fitcalc/quantity.hpp"

namespace fitcalc {

struct LayerCache {
    Bytes keys;       // MLA: the one latent row that serves as both
    Bytes values;
    Bytes recurrent;  // independent of the context
    Bytes indexer{};  // sparse attention: one small key per token
    Bytes compressor{};  // what the next compressed rows are made from; independent of the context

    Bytes attention() const { return keys + values + indexer + compressor; }
    Bytes total() const { return attention() + recurrent; }
};

struct CachePlan {
    std::vector<LayerCache> layers;  // as in ModelSpec::layers; next-token blocks hold none

    Bytes attention_bytes() const;
    Bytes recurrent_bytes() const;
};

// Source: llama.cpp de3ff81, src/llama-kv-cache.cpp and
// llama-kv-cache-iswa.cpp (cells, padding), ggml/src/ggml-cuda/ggml-cuda.cu
// (rows of quantized tensors are padded to 512 values) and ggml/src/ggml-alloc.c (alignment to 128 bytes).
CachePlan plan_cache(const ModelSpec& model, const EngineSettings& settings);

}  // namespace fitcalc
