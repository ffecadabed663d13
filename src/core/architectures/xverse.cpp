// XVERSE.
// Source: llama.cpp de3ff81, src/models/xverse.cpp and conversion of the Hugging Face checkpoints.
#include "families.hpp"
#include "transformer.hpp"

namespace fitcalc::architectures {

const Architecture xverse{
    .name = "xverse",
    .description = "XVERSE",
    .source = "llama.cpp de3ff81, src/models/xverse.cpp",
    .describe = [](const Dimensions& dims) { return describe_transformer("xverse", dims, {}); },
    .tensors = transformer_tensors,
};

}  // namespace fitcalc::architectures
