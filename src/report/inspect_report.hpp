// The answer to `fitcalc inspect FILE`, as plain data.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fit_report.hpp"
#include "importers/model_file.hpp"

namespace fitcalc {

struct InspectedTensor {
    std::string name;
    TensorRole role = TensorRole::other;
    std::string type;                 // as the file names it: "q4_K", "BF16"
    std::vector<std::int64_t> shape;  // in the file's order
    Params parameters;
    Bytes bytes;
};

// Tensors of one role and type.
struct TensorGroup {
    TensorRole role = TensorRole::other;
    std::string type;
    std::int64_t count = 0;
    Params parameters;
    Bytes bytes;
};

struct LayerKind {
    std::string kind;  // "grouped-query attention", "8 of 256 experts"
    std::int64_t layers = 0;
};

struct InspectReport {
    std::string path;
    ModelFormat format = ModelFormat::gguf;
    std::string name, architecture;
    std::optional<GgufFile> gguf;      // without its tensors, which stand below
    std::int64_t files = 1;            // parts of a split set, shards of a checkpoint
    std::optional<Bytes> file_size;    // of all of them; unknown for a config.json
    Dimensions dimensions;
    bool tensors_planned = false;      // a config.json: the tensors that the converter will write
    std::vector<InspectedTensor> tensors;
    std::vector<TensorGroup> groups;   // largest first
    std::vector<LayerKind> attention, feed_forward;  // layers by kind; empty where the architecture isn't supported
    Params parameters;
    Bytes bytes;                       // of the tensors
    std::optional<Recipe> recipe;
    bool list_tensors = false;         // --tensors
    std::vector<std::string> warnings;
};

Result<InspectReport> build_inspect_report(ModelFile file, bool list_tensors);

}  // namespace fitcalc
