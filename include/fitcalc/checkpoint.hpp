// The modules of a model's Hugging Face checkpoint: what serving engines load, divide among GPUs and keep quantized.
//
// Made from the converted file's tensors, which hold the same values under other names: heads of a projection that the
// conversion splits (MLA's K and V) are put together again, and tables that it adds (rotary factors) are left out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fitcalc/model_spec.hpp"
#include "fitcalc/quantity.hpp"
#include "fitcalc/tensor.hpp"

namespace fitcalc {

enum class ModuleKind {
    embedding,
    head,       // the output matrix
    linear,     // a matrix that quantization formats cover
    narrow,     // a matrix of a value or two per head (gates of delta nets): formats leave it alone
    router,
    values,     // norms, biases, convolutions
    vision,     // a picture tower with its projector, as one
};

// How tensor parallelism divides a module.
enum class Division {
    whole,       // every GPU has all of it
    outputs,     // a share of its outputs (column parallel)
    kv_outputs,  // likewise, by KV heads: a head is the smallest share
    inputs,      // a share of its inputs (row parallel)
    experts_outputs,  // of each expert's outputs; with expert parallelism whole experts
    experts_inputs,
    vocabulary,  // rows, padded
};

struct CheckpointModule {
    std::string name;                  // as checkpoints of the usual classes name it: "model.layers.3.self_attn.q_proj"
    std::optional<std::int32_t> layer;
    ModuleKind kind = ModuleKind::values;
    Division division = Division::whole;
    TensorRole role = TensorRole::other;
    std::int64_t inputs = 0;   // of one matrix; of values: 1
    std::int64_t outputs = 0;
    std::int64_t copies = 1;   // experts
    std::int64_t heads = 0;    // kv_outputs: how many KV heads
    bool next_token = false;   // of a next-token (MTP) block: loaded for speculative decoding only

    Params params() const { return Params{checked_mul(checked_mul(inputs, outputs), copies)}; }
};

struct CheckpointInventory {
    std::vector<CheckpointModule> modules;
    std::int64_t vocab_size = 0;
    bool tied = false;  // the head is the embedding

    Params params() const;
};

// `vision`: parameters of a picture tower and its projector; 0 without one. `next_token`: of a next-token block that the
// conversion leaves out.
CheckpointInventory checkpoint_inventory(const ModelSpec& model, const TensorInventory& tensors, Params vision,
                                         Params next_token = {});

// Whether a pattern of an ignore list means the module: "lm_head", "model.layers.0*", "re:.*self_attn.*". The prefixes of
// multimodal classes ("language_model.") don't matter, and a name stands for what is within it. An expression that can't
// be read, or that is longer than any real one, matches nothing.
bool names_module(const std::string& pattern, const std::string& module);

}  // namespace fitcalc
